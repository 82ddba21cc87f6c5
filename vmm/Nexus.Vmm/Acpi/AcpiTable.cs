using System.Buffers.Binary;

namespace Nexus.Vmm.Acpi;

/// <summary>The header that every table begins with, and its checksum (ACPI specification 6.5, section 5.2.6).</summary>
internal static class AcpiTable
{
    public const int HeaderBytes = 36;

    /// <summary>A whole table around its body.</summary>
    public static byte[] Build(ReadOnlySpan<byte> signature, byte revision, ReadOnlySpan<byte> body)
    {
        var table = new byte[HeaderBytes + body.Length];
        signature.CopyTo(table);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        table[8] = revision;
        "NEXUS "u8.CopyTo(table.AsSpan(10));
        "NEXUSVM "u8.CopyTo(table.AsSpan(16));
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(24), 1);
        "NEXS"u8.CopyTo(table.AsSpan(28));
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(32), 1);
        body.CopyTo(table.AsSpan(HeaderBytes));
        table[9] = Checksum(table);
        return table;
    }

    /// <summary>The byte that makes all bytes add up to 0, provided that its own place holds 0.</summary>
    public static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var value in bytes)
        {
            sum += value;
        }

        return (byte)-sum;
    }
}
