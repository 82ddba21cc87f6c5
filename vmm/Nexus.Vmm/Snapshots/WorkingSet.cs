using System.Buffers.Binary;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Snapshots;

/// <summary>The pages that a restored machine touched until its first answer: the next clone is given them ahead, in a few calls instead of a fault each.</summary>
internal sealed class WorkingSet(List<PageRun> runs)
{
    // Where the pages between two runs are fewer than this, one call for both is cheaper; copies that nobody needs are not.
    private const uint SmallestGap = 8;
    private const uint MostPages = 1 << 16;

    // Of an entry of the page map.
    private const ulong Present = 1ul << 63;
    private const ulong OfFile = 1ul << 61;

    // Of a stored run: the first page, the count above it, and whether they were written in the highest bit.
    private const int RunBytes = 8;
    private const ulong WrittenBit = 1ul << 63;

    public IReadOnlyList<PageRun> Runs { get; } = runs;

    /// <summary>How many pages.</summary>
    public long Pages => Runs.Sum(static r => (long)r.Count);

    /// <summary>Reads from the kernel which pages are present (/proc/self/pagemap; the kernel's Documentation/admin-guide/mm/pagemap.rst).</summary>
    /// <param name="memory">Of a restored machine.</param>
    /// <param name="pageMap">/proc/self/pagemap, opened for reading.</param>
    public static WorkingSet Record(GuestMemory memory, OwnedDescriptor pageMap)
    {
        const int batch = 4096;
        var entries = new byte[batch * 8];
        var runs = new List<PageRun>();
        var firstEntry = (long)(memory.HostAddress / (ulong)GuestMemory.Page);
        var pages = memory.Bytes / GuestMemory.Page;
        for (long page = 0; page < pages; page += batch)
        {
            var wanted = (int)Math.Min(batch, pages - page);
            var read = pageMap.ReadAt(entries.AsSpan(0, wanted * 8), (firstEntry + page) * 8) / 8;
            for (var i = 0; i < read; i++)
            {
                var entry = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(i * 8));
                if ((entry & Present) != 0)
                {
                    Add(runs, (uint)(page + i), written: (entry & OfFile) == 0);
                }
            }
        }

        return new WorkingSet(runs);
    }

    /// <summary>Maps the pages of a machine that has not started yet.</summary>
    public void Prefetch(GuestMemory memory)
    {
        foreach (var run in Runs)
        {
            memory.Populate(run.First * GuestMemory.Page, checked((int)(run.Count * GuestMemory.Page)), run.Written);
        }
    }

    /// <summary>Into an empty memfd, which nobody can change afterwards.</summary>
    public void Save(OwnedDescriptor file)
    {
        var bytes = new byte[Runs.Count * RunBytes];
        for (var i = 0; i < Runs.Count; i++)
        {
            var run = Runs[i];
            BinaryPrimitives.WriteUInt64LittleEndian(
                bytes.AsSpan(i * RunBytes),
                run.First | ((ulong)run.Count << 32) | (run.Written ? WrittenBit : 0)
            );
        }

        MemoryMapping.Freeze(file, bytes);
    }

    /// <summary>What was saved; null if nothing was, or its runs are not a machine's of this size.</summary>
    public static WorkingSet? Load(OwnedDescriptor file, GuestMemory memory)
    {
        if (!MemoryMapping.IsFrozen(file))
        {
            return null;
        }

        var bytes = file.ReadAll();
        var runs = new List<PageRun>();
        for (var at = 0; at + RunBytes <= bytes.Length; at += RunBytes)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            var run = new PageRun((uint)word, (uint)(word >> 32) & 0x7FFFFFFF, (word & WrittenBit) != 0);
            if (run.Count is 0 or > MostPages || (run.First + (long)run.Count) * GuestMemory.Page > memory.Bytes)
            {
                return null;
            }

            runs.Add(run);
        }

        return new WorkingSet(runs);
    }

    private static void Add(List<PageRun> runs, uint page, bool written)
    {
        if (
            runs.Count > 0
            && runs[^1] is var last
            && last.Written == written
            && last.Count < MostPages
            && page - last.End < (written ? 1 : SmallestGap)
        )
        {
            // The gap may have been more than there was room for; what is left over is loaded when it is touched.
            runs[^1] = last with
            {
                Count = Math.Min(MostPages, page - last.First + 1),
            };
        }
        else
        {
            runs.Add(new PageRun(page, 1, written));
        }
    }
}
