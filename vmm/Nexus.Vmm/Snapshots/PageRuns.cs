namespace Nexus.Vmm.Snapshots;

/// <summary>Finds the pages worth storing: those that are not all zero.</summary>
internal static class PageRuns
{
    /// <summary>Runs of such pages, in order: the first and how many.</summary>
    public static List<(uint First, uint Count)> OfContent(long pages, PageReader page)
    {
        var runs = new List<(uint First, uint Count)>();
        for (long i = 0; i < pages; i++)
        {
            if (page(i).IndexOfAnyExcept((byte)0) < 0)
            {
                continue;
            }

            if (runs.Count > 0 && runs[^1].First + (long)runs[^1].Count == i)
            {
                runs[^1] = (runs[^1].First, runs[^1].Count + 1);
            }
            else
            {
                runs.Add(((uint)i, 1));
            }
        }

        return runs;
    }
}

/// <summary>The bytes of a page.</summary>
internal delegate ReadOnlySpan<byte> PageReader(long number);
