using System.Buffers.Binary;

namespace Nexus.Vmm.Tests.Support;

/// <summary>The smallest file with a 64-bit boot header.</summary>
internal static class TinyBzImage
{
    public static byte[] Build()
    {
        var file = new byte[1024 + 4096];
        file[0x1F1] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x1F4), 4096 / 16);
        file[0x201] = 0x66;
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x206), 0x20F);
        file[0x236] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x258), 0x1000000);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x260), 0x10000);
        return file;
    }
}
