using System.Buffers.Binary;

namespace Nexus.Vmm.Tests.Support;

/// <summary>A kernel of a few bytes: a 64-bit ELF file with one segment at 16 MiB and, if asked for, a PVH note.</summary>
internal static class TinyElf
{
    public const ulong Address = 16 << 20;

    public static byte[] Build(ReadOnlySpan<byte> code, uint? pvhEntry = null)
    {
        var file = new byte[0x1000 + code.Length];
        byte[] identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(file, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), Address);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), (ushort)(pvhEntry is null ? 1 : 2));
        Header(file.AsSpan(64), type: 1, 0x1000, Address, (ulong)code.Length, (ulong)code.Length + 0x100);
        code.CopyTo(file.AsSpan(0x1000));
        if (pvhEntry is { } entry)
        {
            Header(file.AsSpan(120), type: 4, 0x200, 0, 20, 20);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x200), 4);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x204), 4);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x208), 18);
            "Xen\0"u8.CopyTo(file.AsSpan(0x20C));
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(0x210), entry);
        }

        return file;
    }

    private static void Header(Span<byte> header, uint type, ulong offset, ulong address, ulong fileBytes, ulong memoryBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], fileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], memoryBytes);
    }
}
