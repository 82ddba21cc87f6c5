namespace Nexus.Backend.Tests;

[TestClass]
public sealed class HostileGuestTests
{
    [TestMethod]
    [DataRow(0, DisplayName = "control words")]
    [DataRow(1, DisplayName = "descriptors")]
    [DataRow(2, DisplayName = "anywhere")]
    [DataRow(3, DisplayName = "control words again")]
    [DataRow(4, DisplayName = "descriptors again")]
    public async Task Guest_WritesNonsenseIntoItsRegion_EndsAloneWithADiagnostic(int seed)
    {
        var node = await Shared.NodeAsync();
        await node.ProbeAsync("probe-single", "echo");
        await node.InvokeAsync("streams", "{}");
        var hostile = node.Instance("probe-single");
        var other = node.Instance("streams");
        var violations = Violations(node);

        var answer = await node.ProbeAsync("probe-single", "scribble", amount: seed);

        Assert.AreEqual("Unhandled", answer.FunctionError, answer.Text);
        await hostile.Process.Exited.WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.TrueAsync(() => Violations(node) > violations, "NEXUS0250 is logged");
        Assert.AreEqual("\"still here\"", (await node.InvokeAsync("streams", "\"still here\"")).Text);
        Assert.AreSame(other, node.Instance("streams"));
        Assert.IsNull((await node.ProbeAsync("probe-single", "echo")).FunctionError, "a new instance serves");
    }

    private static int Violations(TestNode node) => node.Log.Text.Split("NEXUS0250").Length;
}
