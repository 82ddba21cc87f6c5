using System.Buffers.Binary;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>struct hvm_start_info (xen/include/public/arch-x86/hvm/start_info.h).</summary>
internal static class PvhStart
{
    private const uint Magic = 0x336EC578;
    private const int InfoBytes = 56;
    private const int ModuleBytes = 32;
    private const int MapEntryBytes = 24;

    // Behind the start information, in the same page.
    private const ulong ModuleAddress = GuestLayout.BootParameters + 0x100;

    public static void Write(GuestMemory memory, ulong initrdAddress, int initrdBytes)
    {
        var map = MemoryRange.MapOf(memory);
        var info = memory.Slice(GuestLayout.BootParameters, InfoBytes);
        info.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(info, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(info[4..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(info[12..], initrdBytes > 0 ? 1u : 0u);
        BinaryPrimitives.WriteUInt64LittleEndian(info[16..], initrdBytes > 0 ? ModuleAddress : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(info[24..], GuestLayout.CommandLine);
        BinaryPrimitives.WriteUInt64LittleEndian(info[32..], GuestLayout.AcpiTables);
        BinaryPrimitives.WriteUInt64LittleEndian(info[40..], GuestLayout.PvhMemoryMap);
        BinaryPrimitives.WriteUInt32LittleEndian(info[48..], (uint)map.Count);

        var module = memory.Slice(ModuleAddress, ModuleBytes);
        module.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(module, initrdAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(module[8..], (ulong)initrdBytes);

        for (var i = 0; i < map.Count; i++)
        {
            var entry = memory.Slice(GuestLayout.PvhMemoryMap + (ulong)(i * MapEntryBytes), MapEntryBytes);
            entry.Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(entry, map[i].Start);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], map[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], map[i].Kind);
        }
    }
}
