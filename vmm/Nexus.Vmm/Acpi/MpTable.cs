using System.Buffers.Binary;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Acpi;

/// <summary>The same topology for kernels without ACPI (Intel MultiProcessor Specification 1.4).</summary>
internal static class MpTable
{
    private const int HeaderBytes = 44;
    private const byte IoApicId = 1;
    private const int Lines = 24;

    /// <summary>Writes the floating pointer and, behind it, the table.</summary>
    public static void Write(GuestMemory memory)
    {
        var table = Build();
        memory.Write(GuestLayout.MpTable + 16, table);
        Span<byte> pointer = stackalloc byte[16];
        pointer.Clear();
        "_MP_"u8.CopyTo(pointer);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer[4..], (uint)GuestLayout.MpTable + 16);
        pointer[8] = 1;
        pointer[9] = 4;
        pointer[10] = AcpiTable.Checksum(pointer);
        memory.Write(GuestLayout.MpTable, pointer);
    }

    public static byte[] Build()
    {
        var entries = new List<byte[]>
        {
            // Processor 0: enabled, bootstrap, family 6 with an APIC.
            new byte[] { 0, 0, 0x14, 3, 0, 6, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
            new byte[] { 1, 0, (byte)'I', (byte)'S', (byte)'A', (byte)' ', (byte)' ', (byte)' ' },
            IoApic(),
        };
        for (byte line = 0; line < Lines; line++)
        {
            // Line 2 is the cascade; the timer of line 0 arrives there.
            if (line != 2)
            {
                entries.Add([3, 0, 0, 0, 0, line, IoApicId, line == 0 ? (byte)2 : line]);
            }
        }

        entries.Add([4, 3, 0, 0, 0, 0, 0xFF, 0]);
        entries.Add([4, 1, 0, 0, 0, 0, 0xFF, 1]);
        var table = new byte[HeaderBytes + entries.Sum(static e => e.Length)];
        "PCMP"u8.CopyTo(table);
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(4), (ushort)table.Length);
        table[6] = 4;
        "NEXUS   "u8.CopyTo(table.AsSpan(8));
        "NEXUSVM     "u8.CopyTo(table.AsSpan(16));
        BinaryPrimitives.WriteUInt16LittleEndian(table.AsSpan(34), (ushort)entries.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(36), (uint)GuestLayout.LocalApic);
        var position = HeaderBytes;
        foreach (var entry in entries)
        {
            entry.CopyTo(table.AsSpan(position));
            position += entry.Length;
        }

        table[7] = AcpiTable.Checksum(table);
        return table;
    }

    private static byte[] IoApic()
    {
        byte[] entry = [2, IoApicId, 0x11, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(4), (uint)GuestLayout.IoApic);
        return entry;
    }
}
