using System.Globalization;
using Nexus.Vmm.Init.Interop;

namespace Nexus.Vmm.Init;

/// <summary>
/// The control group of the guest's program (cgroups(7), version 2). Without one a program that uses its memory up makes the kernel throw away the code that runs, read it
/// in again and so on; with one it is killed.
/// </summary>
internal sealed class MemoryGroup
{
    private const string Hierarchy = "/sys/fs/cgroup";

    // What this program and the kernel go on needing besides.
    private const long ReserveKib = 8 * 1024;

    private const string Kills = "oom_kill ";
    private readonly string _folder;

    private MemoryGroup(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>Makes it; null where the kernel has no such control groups, or no limit was asked for.</summary>
    public static MemoryGroup? TryCreate(int mib)
    {
        if (mib == 0 || !InitNative.TryMount("cgroup2", Hierarchy, "cgroup2", MountFlags.NoSuid | MountFlags.NoDevices, ""))
        {
            return null;
        }

        try
        {
            File.WriteAllText(Hierarchy + "/cgroup.subtree_control", "+memory");
            var group = new MemoryGroup(Hierarchy + "/function");
            // A kernel that has taken more for itself than was added for it must not meet the end of the machine's memory first.
            var kib = Math.Min(mib * 1024L, Available() - ReserveKib);
            group.Write("/memory.max", string.Create(CultureInfo.InvariantCulture, $"{kib}K"));
            group.Write("/memory.oom.group", "1");
            return group;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What is started from here on belongs to it.</summary>
    public void Enter() => Write("/cgroup.procs", "0");

    /// <summary>This program itself goes on outside.</summary>
    public void Leave() => Write("/../cgroup.procs", "0");

    /// <summary>Whether the kernel had to kill something in it.</summary>
    public bool HasKilled() =>
        File.ReadLines(_folder + "/memory.events")
            .Any(static line => line.StartsWith(Kills, StringComparison.Ordinal) && line != Kills + "0");

    private void Write(string file, string text) => File.WriteAllText(_folder + file, text);

    private static long Available()
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["MemAvailable:", var kib, ..])
            {
                return long.Parse(kib, CultureInfo.InvariantCulture);
            }
        }

        return long.MaxValue;
    }
}
