namespace Nexus.Backend.Sandbox;

/// <summary>
/// Where this process may make control groups, found once: below its own group, so that limits set on the backend bind its guests too.
/// Version 1 has one tree per controller, version 2 one tree for all (cgroups(7)).
/// </summary>
public sealed class CgroupHierarchy
{
    private static readonly string[] s_controllers = ["memory", "cpu", "cpuacct", "pids"];
    private readonly Dictionary<string, string> _parents;

    private CgroupHierarchy(int version, Dictionary<string, string> parents, IReadOnlyList<string> problems)
    {
        Version = version;
        _parents = parents;
        Problems = problems;
    }

    /// <summary>1, 2, or 0 when no controller is usable.</summary>
    public int Version { get; }

    /// <summary>Why controllers are missing, for <c>nexus doctor</c>; empty when all work.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Controller names usable here and the folder that holds the backend's groups.</summary>
    public IReadOnlyDictionary<string, string> Parents => _parents;

    public bool Has(string controller) => _parents.ContainsKey(controller);

    /// <summary>Finds and prepares the parent groups, and removes groups whose backend is gone and that are empty.</summary>
    /// <param name="mountInfo">Text of /proc/self/mountinfo.</param>
    /// <param name="ownGroups">Text of /proc/self/cgroup.</param>
    public static CgroupHierarchy Detect(string mountInfo, string ownGroups)
    {
        var own = ownGroups
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 3))
            .ToDictionary(parts => parts[1], parts => parts[2]);
        var parents = new Dictionary<string, string>();
        var problems = new List<string>();
        var version = 0;
        foreach (var mount in mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(CgroupMount.Parse).OfType<CgroupMount>())
        {
            if (mount.Version == 2)
            {
                var group = Locate(mount, own.GetValueOrDefault("", "/"));
                var missing = CgroupV2Delegation.Prepare(group, parents, problems);
                version = missing ? version : 2;
                continue;
            }

            foreach (var controller in s_controllers.Intersect(mount.Controllers))
            {
                var path = own.FirstOrDefault(entry => entry.Key.Split(',').Contains(controller)).Value ?? "/";
                if (TryMake(Path.Combine(Locate(mount, path), "nexus"), problems) is { } parent)
                {
                    parents[controller] = parent;
                    version = 1;
                }
            }
        }

        var hierarchy = new CgroupHierarchy(version, parents, problems);
        hierarchy.RemoveStale();
        return hierarchy;
    }

    public static CgroupHierarchy Detect() => Detect(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));

    // A group path is relative to the root of the mount, which in a container is not the root of the tree.
    private static string Locate(CgroupMount mount, string path)
    {
        var relative = mount.Root != "/" && path.StartsWith(mount.Root, StringComparison.Ordinal) ? path[mount.Root.Length..] : path;
        var folder = Path.Combine(mount.Folder, relative.TrimStart('/')).TrimEnd('/');
        return Directory.Exists(folder) ? folder : mount.Folder;
    }

    private static string? TryMake(string folder, List<string> problems)
    {
        try
        {
            var parent = Directory.CreateDirectory(folder).FullName;

            // It may be there already, made by a backend of another user.
            Directory.Delete(Directory.CreateDirectory(Path.Combine(parent, $"{Environment.ProcessId}-probe")).FullName);
            return parent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(e.Message);
            return null;
        }
    }

    private void RemoveStale()
    {
        foreach (var group in _parents.Values.Distinct().SelectMany(Directory.EnumerateDirectories))
        {
            if (int.TryParse(Path.GetFileName(group).Split('-')[0], out var owner) && !Directory.Exists($"/proc/{owner}"))
            {
                Cgroup.TryRemove(group);
            }
        }
    }
}
