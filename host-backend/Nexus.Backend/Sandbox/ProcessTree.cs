using System.Globalization;

namespace Nexus.Backend.Sandbox;

/// <summary>What /proc tells about processes; those that end meanwhile count as nothing.</summary>
internal static class ProcessTree
{
    /// <summary>Direct children, in the order of their start.</summary>
    public static IReadOnlyList<int> Children(int pid) =>
        [
            .. Threads(pid)
                .SelectMany(thread =>
                    Read($"{thread}/children")
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(child => int.Parse(child, CultureInfo.InvariantCulture))
                ),
        ];

    /// <summary>The process and all below it.</summary>
    public static IReadOnlyList<int> Descendants(int pid)
    {
        var found = new List<int> { pid };
        for (var i = 0; i < found.Count; i++)
        {
            found.AddRange(Children(found[i]));
        }

        return found;
    }

    /// <summary>When a process started, in clock ticks since boot; null when there is none of this id.</summary>
    public static long? StartOf(int pid)
    {
        var stat = Read($"/proc/{pid}/stat");
        return stat.Length == 0 ? null : long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
    }

    public static MemoryUsage Memory(IEnumerable<int> pids)
    {
        long pss = 0;
        long dirty = 0;
        foreach (var line in pids.SelectMany(pid => Read($"/proc/{pid}/smaps_rollup").Split('\n')))
        {
            pss += Kilobytes(line, "Pss:");
            dirty += Kilobytes(line, "Private_Dirty:");
        }

        return new MemoryUsage(pss * 1024, dirty * 1024);
    }

    /// <summary>User and system time of living processes and of the children they have collected; steps of 10 ms.</summary>
    public static TimeSpan CpuTime(IEnumerable<int> pids) =>
        TimeSpan.FromMilliseconds(
            10
                * pids.Select(pid => Read($"/proc/{pid}/stat"))
                    .Where(stat => stat.Length > 0)
                    .Sum(stat =>
                        stat[(stat.LastIndexOf(')') + 2)..]
                            .Split(' ')
                            .Skip(11)
                            .Take(4)
                            .Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture))
                    )
        );

    /// <summary>Open descriptors that are sockets.</summary>
    public static int Sockets(IEnumerable<int> pids) =>
        pids.SelectMany(Descriptors).Count(target => target.StartsWith("socket:", StringComparison.Ordinal));

    private static IEnumerable<string> Descriptors(int pid)
    {
        try
        {
            return [.. Directory.GetFileSystemEntries($"/proc/{pid}/fd").Select(path => new FileInfo(path).LinkTarget ?? "")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Threads(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long Kilobytes(string line, string field) =>
        line.StartsWith(field, StringComparison.Ordinal)
            ? long.Parse(line.AsSpan(field.Length, line.Length - field.Length - 2).Trim(), CultureInfo.InvariantCulture)
            : 0;

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
