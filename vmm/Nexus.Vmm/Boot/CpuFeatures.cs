using System.Buffers.Binary;
using System.Text;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Boot;

/// <summary>A processor's features by their names in Linux, for people; the bits are those of Intel's manual, volume 2, CPUID.</summary>
internal static class CpuFeatures
{
    private static readonly (uint Function, int Register, int Bit, string Name)[] s_named =
    [
        (1, CpuidTable.Ecx, 0, "sse3"),
        (1, CpuidTable.Ecx, 9, "ssse3"),
        (1, CpuidTable.Ecx, 12, "fma"),
        (1, CpuidTable.Ecx, 19, "sse4_1"),
        (1, CpuidTable.Ecx, 20, "sse4_2"),
        (1, CpuidTable.Ecx, 21, "x2apic"),
        (1, CpuidTable.Ecx, 22, "movbe"),
        (1, CpuidTable.Ecx, 23, "popcnt"),
        (1, CpuidTable.Ecx, 24, "tsc_deadline"),
        (1, CpuidTable.Ecx, 25, "aes"),
        (1, CpuidTable.Ecx, 26, "xsave"),
        (1, CpuidTable.Ecx, 28, "avx"),
        (1, CpuidTable.Ecx, 29, "f16c"),
        (1, CpuidTable.Ecx, 30, "rdrand"),
        (7, CpuidTable.Ebx, 3, "bmi1"),
        (7, CpuidTable.Ebx, 5, "avx2"),
        (7, CpuidTable.Ebx, 8, "bmi2"),
        (7, CpuidTable.Ebx, 16, "avx512f"),
        (7, CpuidTable.Ebx, 18, "rdseed"),
        (7, CpuidTable.Ebx, 29, "sha_ni"),
        (7, CpuidTable.Ecx, 8, "gfni"),
        (7, CpuidTable.Ecx, 9, "vaes"),
        (0x80000001, CpuidTable.Ecx, 5, "lzcnt"),
        (0x80000001, CpuidTable.Edx, 26, "1gb_pages"),
        (0x80000001, CpuidTable.Edx, 27, "rdtscp"),
    ];

    /// <summary>Names of the features that matter to programs, separated by spaces.</summary>
    public static string Names(byte[] cpuid) =>
        string.Join(' ', s_named.Where(f => (Read(cpuid, f.Function, f.Register) >> f.Bit & 1) != 0).Select(static f => f.Name));

    /// <summary>The processor's name, as it gives it itself; where it gives none, its maker and signature.</summary>
    public static string Brand(byte[] cpuid)
    {
        var text = new byte[48];
        int[] order = [CpuidTable.Eax, CpuidTable.Ebx, CpuidTable.Ecx, CpuidTable.Edx];
        for (var i = 0; i < 12; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(text.AsSpan(i * 4), Read(cpuid, 0x80000002 + ((uint)i / 4), order[i % 4]));
        }

        var name = Encoding.ASCII.GetString(text).Trim('\0', ' ');
        if (name.Length > 0)
        {
            return name;
        }

        int[] maker = [CpuidTable.Ebx, CpuidTable.Edx, CpuidTable.Ecx];
        for (var i = 0; i < maker.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(text.AsSpan(i * 4), Read(cpuid, 0, maker[i]));
        }

        return $"{Encoding.ASCII.GetString(text, 0, 12)} 0x{Read(cpuid, 1, CpuidTable.Eax):x}";
    }

    private static uint Read(byte[] cpuid, uint function, int register)
    {
        for (var at = 8; at + CpuidTable.EntryBytes <= cpuid.Length; at += CpuidTable.EntryBytes)
        {
            var entry = cpuid.AsSpan(at, CpuidTable.EntryBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == function && BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) == 0)
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(entry[register..]);
            }
        }

        return 0;
    }
}
