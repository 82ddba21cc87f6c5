using System.Text.Json;

namespace Nexus.Backend.Tests;

[TestClass]
public sealed class LambdaErrorTests
{
    [TestMethod]
    public async Task Exception_Unhandled_IsReportedWithTypeMessageAndStack()
    {
        var node = await Shared.NodeAsync();

        var answer = await FailAsync("custom");

        Assert.AreEqual("Unhandled", answer.FunctionError);
        Assert.AreEqual("PaymentDeclinedException", answer.ErrorType);
        Assert.AreEqual("Card 4711 declined", answer.ErrorMessage);
        Assert.IsTrue(answer.Json.GetProperty("stackTrace").GetArrayLength() > 0);
        Assert.HasCount(1, node.Pool("faults").Instances, "an exception does not end the instance");
    }

    [TestMethod]
    public async Task Exception_Nested_IsReportedWithItsCauses()
    {
        var answer = await FailAsync("nested");

        var cause = answer.Json.GetProperty("cause");
        Assert.AreEqual("IOException", cause.GetProperty("errorType").GetString());
        Assert.AreEqual("TimeoutException", cause.GetProperty("cause").GetProperty("errorType").GetString());
    }

    [TestMethod]
    [DataRow("hang")]
    [DataRow("spin")]
    public async Task Timeout_Function_EndsTheInstanceAndTheNextCallIsServed(string kind)
    {
        var node = await Shared.NodeAsync();
        await FailAsync("none", "faults-hasty");
        var old = node.Instance("faults-hasty");

        var answer = await FailAsync(kind, "faults-hasty");

        Assert.AreEqual("Sandbox.Timedout", answer.ErrorType);
        Assert.AreEqual($"RequestId: {answer.RequestId} Error: Task timed out after 1.00 seconds", answer.ErrorMessage);
        await old.Process.Exited.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.IsNull((await FailAsync("none", "faults-hasty")).FunctionError);
        Assert.AreNotSame(old, node.Instance("faults-hasty"));
    }

    [TestMethod]
    [DataRow("exit", 7, "Runtime.ExitError", "exit status 7")]
    [DataRow("exit", 0, "Runtime.ExitError", "exit status 0")]
    [DataRow("failFast", 0, "Runtime.ExitError", "signal: aborted")]
    [DataRow("backgroundThread", 0, "Runtime.ExitError", "signal: aborted")]
    public async Task Exit_DuringAnInvocation_IsReported(string kind, int amount, string type, string reason)
    {
        var answer = await FailAsync(kind, amount: amount);

        Assert.AreEqual(type, answer.ErrorType);
        Assert.AreEqual($"RequestId: {answer.RequestId} Error: Runtime exited with error: {reason}", answer.ErrorMessage);
        Assert.IsNull((await FailAsync("none")).FunctionError);
    }

    [TestMethod]
    public async Task Signal_DuringAnInvocation_IsReported()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.ProbeAsync("probe", "kill");

        Assert.AreEqual("Runtime.ExitError", answer.ErrorType);
        Assert.EndsWith("signal: killed", answer.ErrorMessage);
    }

    [TestMethod]
    public async Task Memory_Exceeded_IsReportedAsOutOfMemory()
    {
        var node = await Shared.NodeAsync();
        if (!Sandbox.CgroupHierarchy.Detect().Has("memory"))
        {
            Assert.Inconclusive("No memory controller can be used here.");
        }

        var answer = await node.ProbeAsync("probe", "nativeMemory", amount: 1000);

        Assert.AreEqual("Runtime.OutOfMemory", answer.ErrorType, answer.Text);
        Assert.IsNull((await node.ProbeAsync("probe", "echo")).FunctionError);
    }

    [TestMethod]
    public async Task Memory_HeapExceeded_IsTheFunctionsOwnException()
    {
        var answer = await FailAsync("memory", "faults", amount: 1000);

        Assert.AreEqual("OutOfMemoryException", answer.ErrorType, answer.Text);
        Assert.IsNull((await FailAsync("none", "faults")).FunctionError);
    }

    [TestMethod]
    public async Task Init_ConstructorThrows_IsReported()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-no-start", "\"x\"");

        Assert.AreEqual("Unhandled", answer.FunctionError);
        Assert.AreEqual("InvalidOperationException", answer.Json.GetProperty("cause").GetProperty("errorType").GetString());
        Assert.AreEqual("the drawer is locked", answer.Json.GetProperty("cause").GetProperty("errorMessage").GetString());
        await Eventually.TrueAsync(() => node.Pool("probe-no-start").Instances.Count == 0, "the instance is gone");
    }

    [TestMethod]
    public async Task Init_LongerThanItsPhase_IsDoneAgainInsideTheInvocation()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-slow-start", "\"patience\"");

        Assert.IsNull(answer.FunctionError, answer.Text);
        Assert.AreEqual("\"patience\"", answer.Text);
        Assert.HasCount(1, node.Pool("probe-slow-start").Instances);
    }

    [TestMethod]
    public async Task Init_HandlerDoesNotExist_NamesTheNearest()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-no-handler", "{}");

        Assert.AreEqual("Unhandled", answer.FunctionError);
        Assert.Contains("FunctionHandlr", answer.ErrorMessage);
        Assert.Contains("FunctionHandler", answer.ErrorMessage);
    }

    private static async Task<Answer> FailAsync(string kind, string function = "faults", int amount = 0)
    {
        var node = await Shared.NodeAsync();
        return await node.InvokeAsync(
            function,
            JsonSerializer.Serialize(new Dictionary<string, object> { ["kind"] = kind, ["amount"] = amount })
        );
    }
}
