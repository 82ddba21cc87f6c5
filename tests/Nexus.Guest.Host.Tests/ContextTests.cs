using System.Text;
using System.Text.Json;

namespace Nexus.Guest.Host.Tests;

[TestClass]
public sealed class ContextTests
{
    [TestMethod]
    public async Task Context_EveryMember_HasItsValue()
    {
        using var environment = new EnvironmentScope(
            ("AWS_LAMBDA_FUNCTION_NAME", "orders"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/orders"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]1")
        );
        var info = Subject.Info with
        {
            InvokedFunctionArn = "arn:aws:lambda:eu-west-1:1:function:orders",
            CognitoIdentityJson = """{"cognitoIdentityId":"who","cognitoIdentityPoolId":"pool"}""",
            ClientContextJson = """{"client":{"app_title":"app","installation_id":"i-1"},"custom":{"k":"v"},"env":{"locale":"de"}}""",
        };

        var (response, error) = await Subject.CallAsync("Contexts::Everything", info: info);

        Assert.IsNull(error, error?.ErrorMessage);
        string[] expected =
        [
            "request-1",
            "orders",
            "$LATEST",
            "arn:aws:lambda:eu-west-1:1:function:orders",
            "256",
            "/aws/lambda/orders",
            "2026/01/01/[$LATEST]1",
            "True",
            "who",
            "pool",
            "app",
            "i-1",
            "v",
            "de",
        ];
        CollectionAssert.AreEqual(expected, JsonSerializer.Deserialize<string[]>(response));
    }

    // Both objects exist even when nothing came with the call: CognitoClientContext.FromJson in aws-lambda-dotnet.
    [TestMethod]
    public async Task Context_NothingSent_ClientAndIdentityAreEmptyNotNull()
    {
        var (response, error) = await Subject.CallAsync("Contexts::Everything");

        Assert.IsNull(error, error?.ErrorMessage);
        CollectionAssert.AreEqual(Enumerable.Repeat("none", 6).ToArray(), JsonSerializer.Deserialize<string[]>(response)![8..]);
    }

    [TestMethod]
    public async Task Context_NewerMembers_AreAnsweredOrLeftToTheInterface()
    {
        var info = Subject.Info with { TraceId = "Root=1-2-3", TenantId = "blue" };

        var (response, _) = await Subject.CallAsync("Contexts::Newer", info: info);

        CollectionAssert.AreEqual(
            new[] { "Root=1-2-3", "blue", "JsonOfTheAssembly", "from the interface" },
            JsonSerializer.Deserialize<string[]>(response)
        );
    }

    [TestMethod]
    public async Task Trace_PerInvocation_IsSetAndTakenBack()
    {
        var (traced, _) = await Subject.CallAsync("Contexts::Trace", info: Subject.Info with { TraceId = "Root=1-2-3" });
        var (untraced, _) = await Subject.CallAsync("Contexts::Trace");

        Assert.AreEqual("\"Root=1-2-3\"", traced);
        Assert.AreEqual("null", untraced);
    }

    [TestMethod]
    public async Task Logger_EveryOverload_WritesLambdasTextFormat()
    {
        using var log = new MemoryStream();

        var (_, error) = await Subject.CallAsync("Contexts::Logs", log: log);

        Assert.IsNull(error, error?.ErrorMessage);
        string[] expected =
        [
            "raw;<time>\trequest-1\tinfo\ta line",
            "<time>\trequest-1\twarn\tcareful",
            "<time>\trequest-1\tCustom\town level",
            "<time>\trequest-1\tinfo\t007 of things",
            "<time>\trequest-1\tfail\tit failed and failed",
            "System.InvalidOperationException: why",
            "<time>\trequest-1\tstatic",
            "<time>\trequest-1\tfail\tstatic 1",
            "<time>\trequest-1\tcrit\tstatic",
            "System.InvalidOperationException: worst",
        ];
        CollectionAssert.AreEqual(expected, LogText.Lines(Encoding.UTF8.GetString(log.ToArray())));
    }
}
