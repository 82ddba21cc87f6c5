namespace Nexus.Backend.Sandbox;

/// <summary>One control group mount of /proc/self/mountinfo (proc(5)).</summary>
internal sealed record CgroupMount(int Version, string Root, string Folder, IReadOnlyList<string> Controllers)
{
    /// <summary>Null when the line is another file system's.</summary>
    public static CgroupMount? Parse(string line)
    {
        var halves = line.Split(" - ", 2);
        var left = halves[0].Split(' ');
        var right = halves.Length == 2 ? halves[1].Split(' ') : [];
        if (left.Length < 5 || right.Length < 3 || right[0] is not ("cgroup" or "cgroup2"))
        {
            return null;
        }

        return right[0] == "cgroup2" ? new CgroupMount(2, left[3], left[4], []) : new CgroupMount(1, left[3], left[4], right[2].Split(','));
    }
}
