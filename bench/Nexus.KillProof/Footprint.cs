using System.Globalization;
using Nexus.Backend.Sandbox;

namespace Nexus.KillProof;

/// <summary>What a process holds, from /proc and the control groups.</summary>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Regions">Descriptors of channels' memfds.</param>
/// <param name="MappedRegions">Mappings of channels' memfds.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Groups">Control groups that bear its process id.</param>
/// <param name="Children">Child processes, ended but uncollected ones included.</param>
/// <param name="ResidentMb">Resident memory in MB.</param>
public sealed record Footprint(int Descriptors, int Regions, int MappedRegions, int Threads, int Groups, int Children, long ResidentMb)
{
    private const string Region = "memfd:nexus-channel";

    /// <summary>Looks at a process of this machine.</summary>
    public static Footprint Of(int process, CgroupHierarchy hierarchy)
    {
        var descriptors = Directory.GetFileSystemEntries($"/proc/{process}/fd");
        var targets = descriptors.Select(static path => new FileInfo(path).LinkTarget ?? "").ToList();
        var resident = File.ReadLines($"/proc/{process}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return new Footprint(
            descriptors.Length,
            targets.Count(static target => target.Contains(Region, StringComparison.Ordinal)),
            File.ReadLines($"/proc/{process}/maps").Count(static line => line.Contains(Region, StringComparison.Ordinal)),
            Directory.GetDirectories($"/proc/{process}/task").Length,
            GroupsOf(process, hierarchy),
            Directory
                .GetDirectories($"/proc/{process}/task")
                .Sum(static task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length),
            long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024
        );
    }

    private static int GroupsOf(int process, CgroupHierarchy hierarchy) =>
        hierarchy
            .Parents.Values.Distinct()
            .SelectMany(Directory.EnumerateDirectories)
            .Count(folder => Path.GetFileName(folder).StartsWith($"{process}-", StringComparison.Ordinal));
}
