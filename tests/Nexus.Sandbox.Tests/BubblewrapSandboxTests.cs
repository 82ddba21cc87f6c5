using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests;

[TestClass]
public sealed class BubblewrapSandboxTests
{
    [TestMethod]
    public async Task Shell_Hello_AnswersAndExitsWithItsCode()
    {
        var result = await Guests.RunAsync(Guests.Bubblewrap(), Guests.Shell("echo hello; echo worse >&2; pwd; exit 7"));

        Assert.AreEqual("hello\n/var/task\n", result.Output);
        Assert.AreEqual("worse\n", result.Error);
        Assert.AreEqual(7, result.Exit.ExitCode);
        Assert.AreEqual(0, result.Exit.Signal);
    }
}
