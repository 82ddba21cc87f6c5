using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class HostChecksTests
{
    [TestMethod]
    public void Run_ThisHost_FindsEveryCheckOnceAndSaysWhatToDo()
    {
        var checks = HostChecks.Run(Guests.Hierarchy);

        string[] names = ["kernel", "bubblewrap", "namespaces", "cgroups", "seccomp", "dotnet", "pidfd_getfd", "memfd", "kvm"];
        CollectionAssert.AreEqual(names, checks.Select(check => check.Name).ToArray());
        foreach (var check in checks)
        {
            Assert.AreNotEqual("", check.Detail, check.Name);
            Assert.AreEqual(check.Verdict == HostVerdict.Ok, check.NextStep.Length == 0, $"{check}");
        }
    }
}
