using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>What has no direct counterpart: a function that ends, hangs or takes too much, as its caller sees it, with the others going on.</summary>
[TestClass]
public sealed class FaultIsolationTests
{
    private const int PayloadLimit = 6 * 1024 * 1024;

    private static EmulatorSet? s_emulators;
    private static NexusBackend? s_backend;

    public required TestContext TestContext { get; init; }

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        s_emulators = await EmulatorSet.StartAsync(context.CancellationToken);
        var faults = await PublishedFunctions.GetAsync("Faults");
        var functions = new JsonObject { ["faults"] = Function(faults), ["neighbour"] = Function(faults) };
        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        s_backend = await NexusBackend.StartAsync(cli, configuration, s_emulators.CallerVariables, context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_backend?.DisposeAsync() ?? default);
        await (s_emulators?.DisposeAsync() ?? default);
    }

    [TestMethod]
    [DataRow("hang", 0, "Sandbox.Timedout", "Task timed out after 2.00 seconds")]
    [DataRow("spin", 0, "Sandbox.Timedout", "Task timed out after 2.00 seconds")]
    [DataRow("exit", 3, "Runtime.ExitError", "exit status 3")]
    [DataRow("exit", 0, "Runtime.ExitError", "")]
    [DataRow("failFast", 0, "Runtime.ExitError", "")]
    [DataRow("backgroundThread", 0, "Runtime.ExitError", "")]
    [DataRow("bigResponse", PayloadLimit, "Function.ResponseSizeTooLarge", "")]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Function_ThatBreaks_IsReportedAndReplaced(string kind, int amount, string errorType, string message)
    {
        var broken = await InvokeAsync("faults", kind, amount);
        Assert.IsNotNull(broken.FunctionError);
        var error = JsonNode.Parse(broken.Payload)!;
        Assert.AreEqual(errorType, (string?)error["errorType"]);
        Assert.Contains(message, (string?)error["errorMessage"] ?? "");
        await AssertBothServeAsync();
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Function_ThatEatsMemory_IsReportedAndReplaced()
    {
        var broken = await InvokeAsync("faults", "memory", 1000);
        Assert.IsNotNull(broken.FunctionError);
        var error = (string?)JsonNode.Parse(broken.Payload)!["errorType"];

        // Which of them depends on who notices first: the function's own garbage collector, or the sandbox.
        Assert.Contains(error, new[] { "OutOfMemoryException", "Runtime.OutOfMemory", "Runtime.ExitError" });
        await AssertBothServeAsync();
    }

    [TestMethod]
    [DataRow("faults", "{", HttpStatusCode.BadRequest)]
    [DataRow("nobody", "{}", HttpStatusCode.NotFound)]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Request_ThatIsWrong_IsRefused(string function, string payload, HttpStatusCode status)
    {
        using var content = new StringContent(payload);
        using var response = await s_backend!.Client.PostAsync(
            $"/2015-03-31/functions/{function}/invocations",
            content,
            TestContext.CancellationToken
        );
        Assert.AreEqual(status, response.StatusCode);
        await AssertBothServeAsync();
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Request_OneByteTooLarge_IsRefused()
    {
        using var content = new StringContent($"\"{new string('x', PayloadLimit - 1)}\"");
        using var response = await s_backend!.Client.PostAsync(
            "/2015-03-31/functions/faults/invocations",
            content,
            TestContext.CancellationToken
        );
        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await AssertBothServeAsync();
    }

    private async Task AssertBothServeAsync()
    {
        foreach (var name in new[] { "faults", "neighbour" })
        {
            var next = await InvokeAsync(name, "none", 0);
            Assert.IsNull(next.FunctionError, Encoding.UTF8.GetString(next.Payload));
        }
    }

    private async Task<InvocationOutcome> InvokeAsync(string function, string kind, int amount)
    {
        await using var runner = new NexusRunner(s_backend!, function);
        return await runner.InvokeAsync(
            Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","amount":{{amount}}}"""),
            TestContext.CancellationToken
        );
    }

    private static JsonObject Function(PublishedFunction function) =>
        new()
        {
            ["path"] = function.Folder,
            ["handler"] = function.Handler,
            ["memory"] = 256,
            ["timeout"] = 2,
        };
}
