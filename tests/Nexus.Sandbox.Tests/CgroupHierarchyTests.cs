using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class CgroupHierarchyTests
{
    [TestMethod]
    public void Detect_VersionOneTrees_UsesThoseItMayWrite()
    {
        var root = Directory.CreateTempSubdirectory("nexus-cgroup").FullName;
        Directory.CreateDirectory(Path.Combine(root, "memory/own"));
        Directory.CreateDirectory(Path.Combine(root, "cpu"));

        var hierarchy = CgroupHierarchy.Detect(
            $"35 31 0:32 / {root}/memory rw - cgroup cgroup rw,memory\n33 31 0:30 / {root}/cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
            "4:memory:/own\n1:cpu,cpuacct:/gone\n"
        );

        Assert.AreEqual(1, hierarchy.Version);
        Assert.AreEqual($"{root}/memory/own/nexus", hierarchy.Parents["memory"]);
        Assert.AreEqual($"{root}/cpu/nexus", hierarchy.Parents["cpuacct"]);
        Assert.IsFalse(hierarchy.Has("pids"));
        Directory.Delete(root, recursive: true);
    }

    [TestMethod]
    public void Detect_VersionTwoDelegated_MovesTheBackendToALeafAndEnablesControllers()
    {
        var root = Directory.CreateTempSubdirectory("nexus-cgroup").FullName;
        var service = Directory.CreateDirectory(Path.Combine(root, "system.slice/nexus.service")).FullName;
        File.WriteAllText(Path.Combine(service, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        File.WriteAllText(Path.Combine(service, "cgroup.type"), "domain\n");

        var hierarchy = CgroupHierarchy.Detect($"41 31 0:38 / {root} rw - cgroup2 cgroup2 rw\n", "0::/system.slice/nexus.service\n");

        Assert.AreEqual(2, hierarchy.Version);
        Assert.AreEqual($"{service}/nexus", hierarchy.Parents["memory"]);
        Assert.AreEqual("0", File.ReadAllText(Path.Combine(service, "nexus-backend/cgroup.procs")));
        Assert.AreEqual("+memory +cpu +pids", File.ReadAllText(Path.Combine(service, "cgroup.subtree_control")));
        Assert.AreEqual("+memory +cpu +pids", File.ReadAllText(Path.Combine(service, "nexus/cgroup.subtree_control")));
        Directory.Delete(root, recursive: true);
    }

    [TestMethod]
    public void Detect_NothingMounted_OffersNothing()
    {
        var hierarchy = CgroupHierarchy.Detect("22 1 0:20 / /proc rw - proc proc rw\n", "0::/\n");

        Assert.AreEqual(0, hierarchy.Version);
        Assert.IsEmpty(hierarchy.Parents);
    }
}
