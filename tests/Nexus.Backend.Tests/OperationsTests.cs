using System.Net;
using System.Text.RegularExpressions;

namespace Nexus.Backend.Tests;

[TestClass]
public sealed class OperationsTests
{
    [TestMethod]
    public async Task Health_RunningNode_IsOk()
    {
        var node = await Shared.NodeAsync();

        Assert.Contains("ok", await node.GetAsync("/health"));
    }

    [TestMethod]
    public async Task Metrics_AfterCalls_TellInvocationsInstancesAndAwsCalls()
    {
        var node = await Shared.NodeAsync();
        await node.ProbeAsync("probe", "table", "items");
        await node.ProbeAsync("probe", "fail", "counted");

        // Scrapes are cached for a moment.
        var text = "";
        for (
            var attempt = 0;
            attempt < 50 && !Series(text).Any(static line => line.StartsWith("nexus_aws", StringComparison.Ordinal));
            attempt++
        )
        {
            await Task.Delay(100);
            text = await node.GetAsync("/metrics");
        }

        foreach (
            var pattern in new[]
            {
                """^nexus_invocations_total\{.*function="probe".*outcome="ok".*\} [1-9]""",
                """^nexus_invocation_duration_seconds_count\{.*function="probe".*\} [1-9]""",
                """^nexus_aws_calls_total\{.*function="probe".*status="2xx".*\} [1-9]""",
                """^nexus_instances\{.*function="probe".*\} 1""",
                """^nexus_running\{.*function="probe".*\} 0""",
            }
        )
        {
            Assert.IsTrue(Series(text).Any(line => Regex.IsMatch(line, pattern)), $"{pattern} in\n{string.Join('\n', Series(text))}");
        }
    }

    [TestMethod]
    public async Task Status_RunningNode_TellsWhatInstancesCost()
    {
        var node = await Shared.NodeAsync();
        await node.ProbeAsync("probe", "table", "items");

        var status = await node.GetAsync("/nexus/functions");

        Assert.Contains($"\"process\":{node.Instance("probe").Process.GuestId}", status);
        Assert.Contains("\"sockets\":0", status);
    }

    [TestMethod]
    public async Task Log_FunctionsLines_CarryFunctionAndRequestId()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.ProbeAsync("probe", "echo", "log-marker");

        await Eventually.TrueAsync(
            () => Regex.IsMatch(node.Log.Text, $@"\[probe {answer.RequestId}\].*probe echo log-marker"),
            "the line is logged with its request id"
        );
    }

    [TestMethod]
    public async Task Drain_InvocationRuns_ItFinishesAndNewOnesAreRefused()
    {
        await Shared.NodeAsync();
        var node = await TestNode.StartAsync("", await TestNode.FunctionAsync("probe", "Probe"));
        await node.ProbeAsync("probe", "echo");
        var running = node.ProbeAsync("probe", "sleep", amount: 1500);
        await Eventually.TrueAsync(() => node.Pool("probe").Running == 1, "the invocation runs");

        // What SIGTERM does: the pool closes before the ingress does.
        var draining = node.Pool("probe").DrainAsync(TimeSpan.FromSeconds(20));
        var refused = await node.ProbeAsync("probe", "echo");

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.Contains("NEXUS0252", refused.Text);
        Assert.AreEqual("slept", (await running).Json.GetProperty("text").GetString());
        await draining;
        await Eventually.TrueAsync(() => node.Pool("probe").Instances.Count == 0, "no instance is left");
        await node.DisposeAsync();
    }

    [TestMethod]
    public async Task Idle_LongerThanAllowed_EndsTheInstance()
    {
        await Shared.NodeAsync();
        var function = await TestNode.FunctionAsync("probe", "Probe");
        await using var node = await TestNode.StartAsync("", function with { IdleTimeout = TimeSpan.FromSeconds(1) });
        await node.ProbeAsync("probe", "echo");
        var process = node.Instance("probe").Process;

        await process.Exited.WaitAsync(TimeSpan.FromSeconds(20));

        await Eventually.TrueAsync(() => node.Pool("probe").Instances.Count == 0, "the slot is free again");
    }

    [TestMethod]
    public async Task Idle_InstanceDies_GivesItsSlotBackByItself()
    {
        var node = await Shared.NodeAsync();
        await node.ProbeAsync("probe-single", "echo");
        var instance = node.Instance("probe-single");

        instance.Process.Kill();

        await Eventually.TrueAsync(() => node.Pool("probe-single").Instances.Count == 0, "the dead instance is forgotten");
        Assert.IsNull((await node.ProbeAsync("probe-single", "echo")).FunctionError);
    }

    private static string[] Series(string metrics) =>
        [.. metrics.Split('\n').Where(static line => line.StartsWith("nexus_", StringComparison.Ordinal))];
}
