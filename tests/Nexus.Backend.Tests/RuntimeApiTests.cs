using Nexus.Backend.Instances;

namespace Nexus.Backend.Tests;

/// <summary>An executable with its own polling loop, behind the Invoke API like any other function, in a sandbox without a network.</summary>
[TestClass]
public sealed class RuntimeApiTests
{
    private static TestNode? s_node;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var polling = await TestNode.FunctionAsync("polling", "PollingLoop", handler: "");
        s_node = await TestNode.StartAsync(
            stateFolder: "",
            polling,
            polling with
            {
                Name = "hasty",
                Timeout = TimeSpan.FromSeconds(2),
            },
            polling with
            {
                Name = "no-start",
                Environment = new Dictionary<string, string> { ["FAIL_AT_START"] = "no configuration" },
            }
        );
    }

    [ClassCleanup]
    public static async Task StopAsync() => await (s_node?.DisposeAsync() ?? default);

    [TestMethod]
    public async Task Event_Polled_IsAnsweredWithTheFunctionsResult()
    {
        var first = await InvokeAsync("polling", "echo", "one");
        var second = await InvokeAsync("polling", "echo", "two");

        Assert.IsNull(first.FunctionError, first.Text);
        Assert.AreEqual("one", first.Json.GetProperty("text").GetString());
        Assert.AreEqual("arn:aws:lambda:us-east-1:000000000000:function:polling", first.Json.GetProperty("arn").GetString());
        Assert.AreEqual(30, first.Json.GetProperty("seconds").GetInt32());
        Assert.AreEqual("two", second.Json.GetProperty("text").GetString());
        Assert.HasCount(1, s_node!.Pool("polling").Instances, "the instance stays warm");
        Assert.AreEqual(0, s_node.Instance("polling").Process.CountSockets());
    }

    [TestMethod]
    public async Task Event_ThatFails_GetsTheReportThatWasPosted()
    {
        var answer = await InvokeAsync("polling", "fail", "out of luck");

        Assert.AreEqual("Unhandled", answer.FunctionError);
        Assert.AreEqual("WorkFailed", answer.Json.GetProperty("errorType").GetString());
        Assert.AreEqual("out of luck", answer.Json.GetProperty("errorMessage").GetString());
        Assert.IsNull((await InvokeAsync("polling", "echo", "next")).FunctionError);
    }

    [TestMethod]
    public async Task Result_TooLarge_IsLambdasError()
    {
        var answer = await InvokeAsync("polling", "large", amount: Invocation.MaxPayloadBytes + 1);

        Assert.AreEqual("Function.ResponseSizeTooLarge", answer.Json.GetProperty("errorType").GetString());
        Assert.IsNull((await InvokeAsync("polling", "echo", "next")).FunctionError);
    }

    [TestMethod]
    public async Task Post_ForNoRequestOrASecondTime_IsRefused()
    {
        var answer = await InvokeAsync("polling", "misuse");

        Assert.AreEqual("400", answer.Text);
        Assert.IsNull((await InvokeAsync("polling", "echo", "next")).FunctionError);
        await Eventually.TrueAsync(
            () => s_node!.Log.Text.Contains("posted twice: 403", StringComparison.Ordinal),
            "the second post is refused with 403"
        );
    }

    [TestMethod]
    public async Task Program_ThatHangsOrExits_IsReportedAndReplaced()
    {
        var hung = await InvokeAsync("hasty", "hang");
        var exited = await InvokeAsync("hasty", "exit", amount: 3);

        Assert.AreEqual("Sandbox.Timedout", hung.Json.GetProperty("errorType").GetString());
        Assert.AreEqual("Runtime.ExitError", exited.Json.GetProperty("errorType").GetString());
        Assert.Contains("exit status 3", exited.Text);
        Assert.IsNull((await InvokeAsync("hasty", "echo", "next")).FunctionError);
    }

    [TestMethod]
    public async Task Start_ThatFails_GetsTheReportThatWasPosted()
    {
        var answer = await InvokeAsync("no-start", "echo");

        Assert.AreEqual("Unhandled", answer.FunctionError);
        Assert.AreEqual("no configuration", answer.Json.GetProperty("errorMessage").GetString());
    }

    private static Task<Answer> InvokeAsync(string function, string kind, string text = "", int amount = 0) =>
        s_node!.ProbeAsync(function, kind, text, amount);
}
