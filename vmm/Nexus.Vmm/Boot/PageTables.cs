using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Boot;

/// <summary>What the 64-bit boot protocol asks for: the first 4 GiB mapped one to one in pages of 2 MiB, and a descriptor table.</summary>
internal static class PageTables
{
    private const ulong PresentWritable = 3;
    private const ulong LargePage = 0x80;
    private const ulong Table = 0x1000;

    // Selectors 0x10 and 0x18, as the protocol names them: 64-bit code and flat data.
    private static readonly ulong[] Descriptors = [0, 0, 0x00AF9B000000FFFF, 0x00CF93000000FFFF];

    public static void Write(GuestMemory memory)
    {
        var top = GuestLayout.BootPageTables;
        memory.Slice(top, (int)(6 * Table)).Clear();
        memory.WriteUInt64(top, (top + Table) | PresentWritable);
        for (ulong gigabyte = 0; gigabyte < 4; gigabyte++)
        {
            var directory = top + ((2 + gigabyte) * Table);
            memory.WriteUInt64(top + Table + (gigabyte * 8), directory | PresentWritable);
            for (ulong page = 0; page < 512; page++)
            {
                memory.WriteUInt64(directory + (page * 8), (gigabyte << 30) | (page << 21) | LargePage | PresentWritable);
            }
        }

        for (var i = 0; i < Descriptors.Length; i++)
        {
            memory.WriteUInt64(GuestLayout.BootGdt + (ulong)(i * 8), Descriptors[i]);
        }
    }
}
