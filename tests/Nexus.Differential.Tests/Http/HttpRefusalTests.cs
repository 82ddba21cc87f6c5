using System.Text;
using System.Text.Json.Nodes;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Upstream;

namespace Nexus.Differential.Tests.Http;

/// <summary>What Nexus refuses on purpose: the function sees an HttpRequestException whose message names the diagnostic, and the service sees nothing.</summary>
[TestClass]
public sealed class HttpRefusalTests
{
    private static TestUpstream? s_upstream;
    private static NexusBackend? s_backend;

    public required TestContext TestContext { get; init; }

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var function = await PublishedFunctions.GetAsync("RestCaller");
        s_upstream = await TestUpstream.StartAsync(context.CancellationToken);
        var http = s_upstream.Variables["UPSTREAM_HTTP"];
        var functions = new JsonObject
        {
            ["closed"] = Function(function, http),
            ["open"] = Function(function, http, http),
            ["anywhere"] = Function(function, http, "*"),
            ["metadata"] = Function(function, "http://169.254.169.254", "*"),
            ["polling"] = new JsonObject { ["path"] = (await PublishedFunctions.GetAsync("PollingLoop")).Folder, ["timeout"] = 30 },
            ["tls"] = Function(function, "https://127.0.0.1:1", "https://127.0.0.1:1"),
        };
        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        s_backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_backend?.DisposeAsync() ?? default);
        s_upstream?.Dispose();
    }

    [TestMethod]
    [DataRow("closed", "get", "", "NEXUS0620", "allowedUpstreams")]
    [DataRow("metadata", "get", "", "NEXUS0621", "169.254.169.254")]
    [DataRow("anywhere", "get", "", "NEXUS0622", "127.0.0.1")]
    [DataRow("open", "headers", "newline", "NEXUS0623", "X-Name")]
    [DataRow("open", "headers", "upgrade", "NEXUS0623", "Upgrade")]
    [DataRow("open", "headers", "otherHost", "NEXUS0620", "elsewhere.example")]
    [DataRow("open", "settings", "proxy", "NEXUS0620", "proxy.example:3128")]
    [DataRow("open", "settings", "proxyCredentials", "NEXUS0603", "proxy.example:3128")]
    [DataRow("open", "sockets", "connectCallback", "NEXUS0600", "SocketsHttpHandler.ConnectCallback")]
    [DataRow("tls", "sockets", "clientCertificate", "NEXUS0600", "SslOptions.LocalCertificateSelectionCallback")]
    [DataRow("tls", "settings", "validation", "NEXUS0600", "HttpClientHandler.ServerCertificateCustomValidationCallback")]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Call_OutsideOfWhatIsAllowed_IsRefusedWithTheIdAndTheValue(
        string function,
        string operation,
        string choice,
        string id,
        string value
    )
    {
        var answer = await RunAsync(function, new HttpCase(operation, "/echo", "", choice));

        Assert.StartsWith("System.Net.Http.HttpRequestException: NEXUS", answer);
        Assert.Contains(id, answer);
        Assert.Contains(value, answer);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Redirect_ToAPlaceThatIsNotAllowed_IsRefusedAtTheHop()
    {
        var answer = await RunAsync("open", new HttpCase("get", "/redirect/302?to=http://elsewhere.example/", ""));

        Assert.Contains("NEXUS0620", answer);
        Assert.Contains("elsewhere.example", answer);
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Challenge_ThatBelongsToAConnection_IsRefused() =>
        Assert.Contains("NEXUS0602", await RunAsync("open", new HttpCase("settings", "/negotiate", "", "credentials")));

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Serve_ExecutableThatPolls_AnswersLikeAnyFunction()
    {
        await using var runner = new NexusRunner(s_backend!, "polling");
        var outcome = await runner.InvokeAsync(
            Encoding.UTF8.GetBytes("""{"kind":"echo","text":"polled"}"""),
            TestContext.CancellationToken
        );

        Assert.IsNull(outcome.FunctionError, Encoding.UTF8.GetString(outcome.Payload));
        Assert.AreEqual("polled", (string?)JsonNode.Parse(outcome.Payload)!["text"]);
    }

    private async Task<string> RunAsync(string function, HttpCase testCase)
    {
        await using var runner = new NexusRunner(s_backend!, function);
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(testCase.Event), TestContext.CancellationToken);
        var answer = JsonNode.Parse(Encoding.UTF8.GetString(outcome.Payload))!;
        return (string?)answer["failure"] ?? answer.ToJsonString();
    }

    private static JsonObject Function(PublishedFunction function, string upstream, params string[] allowed) =>
        new()
        {
            ["path"] = function.Folder,
            ["handler"] = function.Handler,
            ["timeout"] = 30,
            ["allowedUpstreams"] = new JsonArray([.. allowed.Select(place => (JsonNode)place)]),
            ["environment"] = new JsonObject { ["UPSTREAM_HTTP"] = upstream },
        };
}
