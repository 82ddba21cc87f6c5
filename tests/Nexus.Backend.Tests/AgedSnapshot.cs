using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Nexus.Backend.Tests;

/// <summary>Makes a snapshot's file one that was taken earlier (docs/snapshots.md has the layout), signed with its node's key.</summary>
internal static class AgedSnapshot
{
    private const int HeaderBytes = 104;
    private const int CodeBytes = 32;
    private const int PartsBeforeRegisters = 8;
    private const int RegisterBytes = 12;
    private const int PartsBeforeTime = 6;

    public static void Age(string path, string keyFile, TimeSpan age)
    {
        var bytes = File.ReadAllBytes(path);
        var at = Skip(bytes, HeaderBytes, PartsBeforeRegisters);
        at += 4 + (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) * RegisterBytes);
        at = Skip(bytes, at, PartsBeforeTime);
        var time = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
        var taken = DateTimeOffset.UnixEpoch.AddTicks(time / 100);
        Assert.IsLessThan(1.0, (DateTimeOffset.UtcNow - taken).TotalHours, "this is not where the time is");
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), time - (age.Ticks * 100));
        HMACSHA256.HashData(File.ReadAllBytes(keyFile), bytes.AsSpan(0, bytes.Length - CodeBytes), bytes.AsSpan(bytes.Length - CodeBytes));
        File.WriteAllBytes(path, bytes);
    }

    private static int Skip(byte[] bytes, int at, int parts)
    {
        for (; parts > 0; parts--)
        {
            at += 4 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
        }

        return at;
    }
}
