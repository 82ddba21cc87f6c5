namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class NoSandboxTests
{
    [TestMethod]
    public async Task Shell_PathsOfTheTaskRoot_PointIntoTheAppFolder()
    {
        var spec = Guests.Shell("pwd; cat \"$1\"; echo; ls /proc/self/fd; exit 3");

        var result = await Guests.RunAsync(Guests.None(), spec with { Command = [.. spec.Command, "sh", "/var/task/file.txt"] });

        Assert.AreEqual($"{spec.AppFolder}\ncontent\n0\n1\n2\n3\n", result.Output, result.Error);
        Assert.AreEqual(3, result.Exit.ExitCode);
    }

    [TestMethod]
    public async Task Shell_KilledByASignal_ReportsIt()
    {
        var result = await Guests.RunAsync(Guests.None(), Guests.Shell("kill -TERM $$"));

        Assert.AreEqual(15, result.Exit.Signal);
        Assert.AreEqual(143, result.Exit.ExitCode);
    }
}
