namespace Nexus.Vmm.Memory;

/// <summary>One line of the memory map a kernel is given (e820).</summary>
/// <param name="Start">Guest address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Kind">1 memory, 2 reserved.</param>
internal readonly record struct MemoryRange(ulong Start, ulong Length, uint Kind)
{
    public const uint Usable = 1;
    public const uint Reserved = 2;

    /// <summary>The map of a machine.</summary>
    public static List<MemoryRange> MapOf(GuestMemory memory)
    {
        List<MemoryRange> map =
        [
            new(0, GuestLayout.LowMemoryEnd, Usable),
            new(GuestLayout.LowMemoryEnd, GuestLayout.HighMemory - GuestLayout.LowMemoryEnd, Reserved),
            new(GuestLayout.HighMemory, (ulong)memory.LowBytes - GuestLayout.HighMemory, Usable),
        ];
        if (memory.HighBytes > 0)
        {
            map.Add(new MemoryRange(GuestLayout.AboveHole, (ulong)memory.HighBytes, Usable));
        }

        return map;
    }
}
