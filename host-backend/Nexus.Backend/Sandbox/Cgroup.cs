using System.Globalization;

namespace Nexus.Backend.Sandbox;

/// <summary>The control group of one guest: its limits, its accounts, and the list of its processes. One folder, or one per controller.</summary>
internal sealed class Cgroup
{
    private const int CpuPeriodMicroseconds = 100_000;
    private static int s_created;

    private readonly CgroupHierarchy _hierarchy;
    private readonly Dictionary<string, string> _folders;

    private Cgroup(CgroupHierarchy hierarchy, Dictionary<string, string> folders)
    {
        _hierarchy = hierarchy;
        _folders = folders;
    }

    private bool IsV2 => _hierarchy.Version == 2;

    /// <summary>Makes a group with the limits of <paramref name="spec"/>; null when the host offers no controller.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0205.</exception>
    public static Cgroup? Create(CgroupHierarchy hierarchy, SandboxSpec spec)
    {
        if (hierarchy.Version == 0)
        {
            return null;
        }

        // The owner's process id leads the name so that a later backend can tell what was left behind.
        var safe = string.Concat(spec.Name.Where(char.IsAsciiLetterOrDigit).Take(40));
        var name = $"{Environment.ProcessId}-{Interlocked.Increment(ref s_created)}-{safe}";
        var folders = hierarchy.Parents.ToDictionary(parent => parent.Key, parent => Path.Combine(parent.Value, name));
        var group = new Cgroup(hierarchy, folders);
        try
        {
            foreach (var folder in folders.Values)
            {
                Directory.CreateDirectory(folder);
            }

            group.Limit(spec);
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            group.Remove();
            throw SandboxDiagnostics.LimitsNotApplied.With($"{name}: {e.Message}", e);
        }
    }

    /// <summary>Moves a process in; its later children follow.</summary>
    public void Add(int pid)
    {
        foreach (var folder in _folders.Values.Distinct())
        {
            try
            {
                File.WriteAllText(Path.Combine(folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw SandboxDiagnostics.LimitsNotApplied.With($"{folder}: {e.Message}", e);
            }
        }
    }

    /// <summary>Process ids of this host, those of nested namespaces included.</summary>
    public IReadOnlyList<int> Processes() =>
        [
            .. Read(_folders.Values.First(), "cgroup.procs")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => int.Parse(line, CultureInfo.InvariantCulture)),
        ];

    public TimeSpan CpuTime()
    {
        if (!_folders.TryGetValue("cpuacct", out var folder))
        {
            return TimeSpan.Zero;
        }

        return IsV2
            ? TimeSpan.FromMicroseconds(Field(Read(folder, "cpu.stat"), "usage_usec"))
            : TimeSpan.FromMicroseconds(Number(Read(folder, "cpuacct.usage")) / 1000);
    }

    /// <summary>Processes that the kernel killed for exceeding the memory limit.</summary>
    public long OutOfMemoryKills()
    {
        if (!_folders.TryGetValue("memory", out var folder))
        {
            return 0;
        }

        return Field(Read(folder, IsV2 ? "memory.events" : "memory.oom_control"), "oom_kill");
    }

    /// <summary>Removes the folders; false while processes are still in them.</summary>
    public bool Remove() => _folders.Values.Distinct().Select(TryRemove).ToArray().All(removed => removed);

    internal static bool TryRemove(string folder)
    {
        try
        {
            // Only rmdir(2) itself works here: the control files inside cannot be unlinked, so a recursive removal fails.
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Limit(SandboxSpec spec)
    {
        var bytes = (spec.MemoryLimitMb * 1024L * 1024).ToString(CultureInfo.InvariantCulture);
        if (_folders.TryGetValue("memory", out var memory))
        {
            Write(memory, IsV2 ? "memory.max" : "memory.limit_in_bytes", bytes);

            // Swap would turn the limit into a slow-down; kernels without swap accounting have no such file.
            var swap = Path.Combine(memory, IsV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes");
            if (File.Exists(swap))
            {
                File.WriteAllText(swap, IsV2 ? "0" : bytes);
            }
        }

        if (_folders.TryGetValue("pids", out var pids))
        {
            Write(pids, "pids.max", spec.MaxProcesses.ToString(CultureInfo.InvariantCulture));
        }

        if (spec.CpuLimit is { } cores && _folders.TryGetValue("cpu", out var cpu))
        {
            var quota = Math.Max(1000, (long)(cores * CpuPeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
            if (IsV2)
            {
                Write(cpu, "cpu.max", $"{quota} {CpuPeriodMicroseconds}");
            }
            else
            {
                Write(cpu, "cpu.cfs_period_us", CpuPeriodMicroseconds.ToString(CultureInfo.InvariantCulture));
                Write(cpu, "cpu.cfs_quota_us", quota);
            }
        }
    }

    private static void Write(string folder, string file, string value) => File.WriteAllText(Path.Combine(folder, file), value);

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static long Field(string text, string name) =>
        text.Split('\n')
            .Select(line => line.Split(' '))
            .Where(parts => parts.Length == 2 && parts[0] == name)
            .Select(parts => Number(parts[1]))
            .FirstOrDefault();
}
