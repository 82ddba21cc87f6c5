namespace Nexus.Backend.Sandbox;

/// <summary>
/// Makes room for guests' groups in the one tree of version 2. A group that hands controllers to children may hold no processes itself, so
/// the backend moves into a leaf of its own first; the service manager must have delegated the group (systemd: <c>Delegate=yes</c>).
/// </summary>
internal static class CgroupV2Delegation
{
    private static readonly string[] s_wanted = ["memory", "cpu", "pids"];

    /// <summary>Adds the controllers it could enable to <paramref name="parents"/>; returns whether there was none.</summary>
    public static bool Prepare(string group, Dictionary<string, string> parents, List<string> problems)
    {
        try
        {
            var offered = File.ReadAllText(Path.Combine(group, "cgroup.controllers"))
                .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            var usable = s_wanted.Intersect(offered).ToArray();
            if (usable.Length == 0)
            {
                return true;
            }

            var parent = Directory.CreateDirectory(Path.Combine(group, "nexus")).FullName;
            var isRoot = !File.Exists(Path.Combine(group, "cgroup.type"));
            if (!isRoot)
            {
                var leaf = Directory.CreateDirectory(Path.Combine(group, "nexus-backend")).FullName;
                File.WriteAllText(Path.Combine(leaf, "cgroup.procs"), "0");
            }

            var request = string.Join(' ', usable.Select(name => "+" + name));
            File.WriteAllText(Path.Combine(group, "cgroup.subtree_control"), request);
            File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), request);
            foreach (var controller in usable)
            {
                parents[controller] = parent;
            }

            parents["cpuacct"] = parent;
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{group}: {e.Message}");
            return true;
        }
    }
}
