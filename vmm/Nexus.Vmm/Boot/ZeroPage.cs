using System.Buffers.Binary;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>struct boot_params (the kernel's Documentation/arch/x86/zero-page.rst and boot.rst).</summary>
internal static class ZeroPage
{
    public const int RsdpAddress = 0x70;
    public const int MapCount = 0x1E8;
    public const int SetupHeader = 0x1F1;
    public const int BootFlag = 0x1FE;
    public const int HeaderMagic = 0x202;
    public const int LoaderType = 0x210;
    public const int LoadFlags = 0x211;
    public const int InitrdAddress = 0x218;
    public const int InitrdBytes = 0x21C;
    public const int HeapEnd = 0x224;
    public const int CommandLineAddress = 0x228;
    public const int Alignment = 0x230;
    public const int CommandLineBytes = 0x238;
    public const int Map = 0x2D0;
    private const int MapEntry = 20;
    private const byte UnknownLoader = 0xFF;
    private const byte LoadedHigh = 1;

    public static void Write(GuestMemory memory, KernelImage kernel, ulong initrdAddress, int initrdBytes)
    {
        var page = memory.Slice(GuestLayout.BootParameters, (int)GuestMemory.Page);
        page.Clear();
        kernel.SetupHeader.Span.CopyTo(page[SetupHeader..]);
        BinaryPrimitives.WriteUInt16LittleEndian(page[BootFlag..], 0xAA55);
        "HdrS"u8.CopyTo(page[HeaderMagic..]);
        page[LoaderType] = UnknownLoader;
        page[LoadFlags] |= LoadedHigh;
        BinaryPrimitives.WriteUInt32LittleEndian(page[CommandLineAddress..], (uint)GuestLayout.CommandLine);
        BinaryPrimitives.WriteUInt32LittleEndian(page[InitrdAddress..], (uint)initrdAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(page[InitrdBytes..], (uint)initrdBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(page[RsdpAddress..], GuestLayout.AcpiTables);
        if (kernel.SetupHeader.IsEmpty)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(page[Alignment..], 0x1000000);
            BinaryPrimitives.WriteUInt32LittleEndian(page[CommandLineBytes..], GuestLayout.CommandLineBytes - 1);
        }

        var map = MemoryRange.MapOf(memory);
        page[MapCount] = (byte)map.Count;
        for (var i = 0; i < map.Count; i++)
        {
            var entry = page.Slice(Map + (i * MapEntry), MapEntry);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, map[i].Start);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], map[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], map[i].Kind);
        }
    }
}
