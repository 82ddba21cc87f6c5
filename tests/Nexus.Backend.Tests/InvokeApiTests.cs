using System.Net;
using System.Text;
using Nexus.Backend.Instances;

namespace Nexus.Backend.Tests;

[TestClass]
public sealed class InvokeApiTests
{
    [TestMethod]
    public async Task Invoke_RequestResponse_AnswersResultAndHeaders()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.ProbeAsync("probe", "echo", "héllo");

        Assert.AreEqual(HttpStatusCode.OK, answer.Status);
        Assert.AreEqual("héllo", answer.Json.GetProperty("text").GetString());
        Assert.AreEqual("$LATEST", answer.Headers["X-Amz-Executed-Version"]);
        Assert.IsTrue(Guid.TryParse(answer.RequestId, out _));
        Assert.IsNull(answer.FunctionError);
    }

    [TestMethod]
    [DataRow("probe:$LATEST")]
    [DataRow("arn:aws:lambda:us-east-1:000000000000:function:probe")]
    [DataRow("arn:aws:lambda:us-east-1:000000000000:function:probe:live")]
    [DataRow("000000000000:function:probe")]
    public async Task Invoke_EveryFormOfAName_FindsTheFunction(string name)
    {
        var node = await Shared.NodeAsync();

        var answer = await node.ProbeAsync(Uri.EscapeDataString(name), "echo", "found");

        Assert.AreEqual(HttpStatusCode.OK, answer.Status, answer.Text);
        Assert.AreEqual("found", answer.Json.GetProperty("text").GetString());
    }

    [TestMethod]
    public async Task Invoke_UnknownFunction_IsNotFound()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("nobody", "{}");

        Assert.AreEqual(HttpStatusCode.NotFound, answer.Status);
        Assert.AreEqual("ResourceNotFoundException", answer.ApiError);
        Assert.Contains("nobody", answer.Text);
    }

    [TestMethod]
    public async Task Invoke_DryRun_RunsNothing()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe-slow-start", "{}", ("X-Amz-Invocation-Type", "DryRun"));

        Assert.AreEqual(HttpStatusCode.NoContent, answer.Status);
        Assert.IsEmpty(answer.Body);
        Assert.IsEmpty(node.Pool("probe-slow-start").Instances);
    }

    [TestMethod]
    public async Task Invoke_UnknownType_IsRefused()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe", "{}", ("X-Amz-Invocation-Type", "Sideways"));

        Assert.AreEqual(HttpStatusCode.BadRequest, answer.Status);
        Assert.AreEqual("InvalidParameterValueException", answer.ApiError);
    }

    [TestMethod]
    public async Task Invoke_LogTypeTail_AnswersTheEndOfTheLog()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("faults", """{"kind":"manyLogs","amount":400}""", ("X-Amz-Log-Type", "Tail"));

        var tail = answer.LogTail;
        Assert.Contains("line 399 of 400", tail);
        Assert.DoesNotContain("line 0 of 400", tail);
        Assert.Contains("from the console", tail);
        Assert.Contains($"REPORT RequestId: {answer.RequestId}", tail);
        Assert.IsTrue(Encoding.UTF8.GetByteCount(tail) <= 4096);
    }

    [TestMethod]
    public async Task Invoke_LogTypeTail_HoldsEveryWayToPrint()
    {
        var node = await Shared.NodeAsync();

        var tail = (await node.InvokeAsync("faults", """{"kind":"manyLogs","amount":3}""", ("X-Amz-Log-Type", "Tail"))).LogTail;

        foreach (var text in new[] { "line 0 of 3", "from the console", "from the static logger" })
        {
            Assert.Contains(text, tail);
        }
    }

    [TestMethod]
    public async Task Invoke_ClientContext_ReachesTheFunction()
    {
        var node = await Shared.NodeAsync();
        var context = Convert.ToBase64String("""{"custom":{"color":"blue"}}"""u8);

        var answer = await node.InvokeAsync("probe", """{"kind":"context"}""", ("X-Amz-Client-Context", context));

        Assert.AreEqual("arn:aws:lambda:us-east-1:000000000000:function:probe blue", answer.Json.GetProperty("text").GetString());
    }

    [TestMethod]
    [DataRow("not base64!")]
    public async Task Invoke_BrokenClientContext_IsRefused(string context)
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("probe", """{"kind":"context"}""", ("X-Amz-Client-Context", context));

        Assert.AreEqual(HttpStatusCode.BadRequest, answer.Status);
        Assert.AreEqual("InvalidRequestContentException", answer.ApiError);
    }

    [TestMethod]
    public async Task Invoke_SixMebibytes_GoThroughBothWays()
    {
        var node = await Shared.NodeAsync();
        var payload = JsonText(Invocation.MaxPayloadBytes);

        var answer = await node.InvokeAsync("streams", payload);

        Assert.AreEqual(HttpStatusCode.OK, answer.Status);
        Assert.IsNull(answer.FunctionError, answer.FunctionError is null ? "" : answer.Text);
        CollectionAssert.AreEqual(payload, answer.Body);
    }

    [TestMethod]
    public async Task Invoke_OneByteMore_IsTooLarge()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("streams", JsonText(Invocation.MaxPayloadBytes + 1));

        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.AreEqual("RequestEntityTooLargeException", answer.ApiError);
    }

    [TestMethod]
    public async Task Invoke_ResultTooLarge_IsAFunctionErrorAndTheInstanceStays()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("faults", $$"""{"kind":"bigResponse","amount":{{Invocation.MaxPayloadBytes}}}""");
        var next = await node.InvokeAsync("faults", """{"kind":"none"}""");

        Assert.AreEqual(HttpStatusCode.OK, answer.Status);
        Assert.AreEqual("Function.ResponseSizeTooLarge", answer.ErrorType);
        Assert.IsNull(next.FunctionError);
        Assert.HasCount(1, node.Pool("faults").Instances);
    }

    [TestMethod]
    [DataRow("{")]
    [DataRow("{} {}")]
    [DataRow("hello")]
    public async Task Invoke_NotJson_IsRefused(string payload)
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("streams", payload);

        Assert.AreEqual(HttpStatusCode.BadRequest, answer.Status);
        Assert.AreEqual("InvalidRequestContentException", answer.ApiError);
    }

    [TestMethod]
    public async Task Invoke_NoBody_IsAnEmptyObject()
    {
        var node = await Shared.NodeAsync();

        var answer = await node.InvokeAsync("streams", "");

        Assert.AreEqual("{}", answer.Text);
    }

    [TestMethod]
    public async Task Invoke_AllInstancesBusy_IsThrottled()
    {
        var node = await Shared.NodeAsync();
        var first = node.ProbeAsync("probe-single", "sleep", amount: 1500);
        await Eventually.TrueAsync(() => node.Pool("probe-single").Running == 1, "the first invocation runs");

        var second = await node.ProbeAsync("probe-single", "echo");

        Assert.AreEqual(HttpStatusCode.TooManyRequests, second.Status);
        Assert.AreEqual("TooManyRequestsException", second.ApiError);
        Assert.AreEqual(HttpStatusCode.OK, (await first).Status);
        Assert.AreEqual(HttpStatusCode.OK, (await node.ProbeAsync("probe-single", "echo")).Status);
    }

    private static byte[] JsonText(int bytes)
    {
        var text = new byte[bytes];
        Array.Fill(text, (byte)'x');
        text[0] = text[^1] = (byte)'"';
        return text;
    }
}
