using Nexus.Backend.Instances;
using Nexus.KillProof;
using Nexus.TestKit.Machines;

namespace Nexus.Backend.Tests;

/// <summary>Short runs of the kill proof; <c>./build.sh kill</c> is the long one, and has the guests that are killed in machines as well.</summary>
[TestClass]
public sealed class SurvivalTests
{
    private const int Kills = 12;

    // Each costs a machine's start.
    private const int MachineKills = 6;

    [TestMethod]
    [DataRow(false, DisplayName = "processes")]
    [DataRow(true, DisplayName = "machines")]
    public async Task Backend_KilledUnderLoad_LosesNoGuestAndNoAnswer(bool machines)
    {
        await RequireAsync(machines);

        var result = await BackendKills.RunAsync(machines ? MachineKills : Kills, seed: 1, static _ => { }, machines);

        Assert.IsEmpty(Promises(result.Broken), string.Join("; ", result.Broken) + result);
        Assert.IsTrue(result.TakenOver > 0, "no guest was there to be taken over");
    }

    [TestMethod]
    public async Task Guests_KilledUnderLoad_LeaveNothingInTheBackend()
    {
        await RequireAsync(machines: false);

        var result = await GuestKills.RunAsync(Kills, seed: 1, static _ => { }, machines: false);

        Assert.IsEmpty(Promises(result.Broken), string.Join("; ", result.Broken) + result);
    }

    [TestMethod]
    public void State_HalfWrittenRecord_IsDroppedAndWholeOnesStay()
    {
        using var folder = new TemporaryFolder();
        var record = new InstanceRecord("probe", "print", new Sandbox.SandboxRecord(1, 2, 3, Nested: true), Channel.ChannelOptions.Default);
        var whole = record.Save(folder.Path);
        File.WriteAllText(Path.Combine(folder.Path, "77.json"), "{\"Function\":\"pro");
        File.WriteAllText(Path.Combine(folder.Path, "78.json.new"), "{");

        var read = InstanceRecord.ReadAll(folder.Path);

        Assert.HasCount(1, read);
        Assert.AreEqual(record, read[0].Record);
        CollectionAssert.AreEqual(new[] { whole }, Directory.GetFiles(folder.Path), "a record stays until its instance has ended");
    }

    private static async Task RequireAsync(bool machines)
    {
        Requirements.Check();
        if (machines && await MachineSupport.FindAsync() is (null, var reason))
        {
            Assert.Inconclusive(reason);
        }
    }

    /// <summary>Without times: how late a call ends on a busy machine is measured by the long proof.</summary>
    private static IEnumerable<string> Promises(IReadOnlyList<string> broken) =>
        broken.Where(static promise => !promise.Contains("more than its timeout", StringComparison.Ordinal));
}
