using System.Buffers.Binary;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Snapshots;

/// <summary>The pages that a restored machine touched until its first answer: the next clone is given them ahead, in a few calls instead of a fault each.</summary>
internal sealed class WorkingSet(List<(uint First, uint Count)> runs)
{
    // Where the pages between two runs are fewer than this, one call for both is cheaper.
    private const uint SmallestGap = 8;

    public IReadOnlyList<(uint First, uint Count)> Runs { get; } = runs;

    /// <summary>How many pages.</summary>
    public long Pages => Runs.Sum(static r => (long)r.Count);

    /// <summary>Reads from the kernel which pages are present (/proc/self/pagemap, bit 63; the kernel's Documentation/admin-guide/mm/pagemap.rst).</summary>
    /// <param name="memory">Of a restored machine.</param>
    /// <param name="pageMap">/proc/self/pagemap, opened for reading.</param>
    public static WorkingSet Record(GuestMemory memory, OwnedDescriptor pageMap)
    {
        const int batch = 4096;
        var entries = new byte[batch * 8];
        var runs = new List<(uint First, uint Count)>();
        var firstEntry = (long)(memory.HostAddress / (ulong)GuestMemory.Page);
        var pages = memory.Bytes / GuestMemory.Page;
        for (long page = 0; page < pages; page += batch)
        {
            var wanted = (int)Math.Min(batch, pages - page);
            var read = pageMap.ReadAt(entries.AsSpan(0, wanted * 8), (firstEntry + page) * 8) / 8;
            for (var i = 0; i < read; i++)
            {
                if (BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(i * 8)) >> 63 != 0)
                {
                    Add(runs, (uint)(page + i));
                }
            }
        }

        return new WorkingSet(runs);
    }

    /// <summary>Maps the pages of a machine that has not started yet.</summary>
    public void Prefetch(GuestMemory memory)
    {
        foreach (var (first, count) in Runs)
        {
            memory.Populate(first * GuestMemory.Page, checked((int)(count * GuestMemory.Page)));
        }
    }

    private static void Add(List<(uint First, uint Count)> runs, uint page)
    {
        if (runs.Count > 0 && page - (runs[^1].First + runs[^1].Count) < SmallestGap && runs[^1].Count < 1 << 16)
        {
            runs[^1] = (runs[^1].First, page - runs[^1].First + 1);
        }
        else
        {
            runs.Add((page, 1));
        }
    }
}
