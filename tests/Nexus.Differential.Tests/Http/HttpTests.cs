using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Upstream;

namespace Nexus.Differential.Tests.Http;

/// <summary>
/// A function that calls a REST service runs directly, with sockets, and through Nexus, with none: every status, header, body and exception, down to the messages inside, is
/// the same.
/// </summary>
[TestClass]
public sealed partial class HttpTests
{
    private static TestUpstream? s_upstream;
    private static DirectRunner? s_direct;
    private static NexusBackend? s_backend;
    private static readonly Dictionary<HttpCase, string> s_directAnswers = [];

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases =>
        HookedFunctions.Modes.SelectMany(_ => HttpCases.All, (mode, testCase) => new object[] { mode, testCase });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var function = await PublishedFunctions.GetAsync("RestCaller");
        s_upstream = await TestUpstream.StartAsync(context.CancellationToken);
        var variables = s_upstream.Variables;
        s_direct = await DirectRunner.StartAsync(function, variables);
        var functions = new JsonObject();
        foreach (var mode in HookedFunctions.Modes)
        {
            functions[NameOf(mode)] = new JsonObject
            {
                ["path"] = await HookedFunctions.FolderAsync("RestCaller", mode),
                ["handler"] = function.Handler,
                ["memory"] = 512,
                ["timeout"] = 30,
                ["allowedUpstreams"] = new JsonArray([.. variables.Values.Select(address => (JsonNode)address)]),
                ["environment"] = new JsonObject(variables.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            };
        }

        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        s_backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_backend?.DisposeAsync() ?? default);
        s_upstream?.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Call_ThroughNexus_TellsTheSame(HookMode mode, HttpCase testCase)
    {
        if (!s_directAnswers.TryGetValue(testCase, out var direct))
        {
            direct = await RunAsync(s_direct!, testCase);
            s_directAnswers.Add(testCase, direct);
        }

        await using var runner = new NexusRunner(s_backend!, NameOf(mode));
        var nexus = await RunAsync(runner, testCase);
        Assert.AreEqual(direct, nexus);
        Assert.Contains(testCase.Expect, direct);
    }

    private static string NameOf(HookMode mode) => $"rest-{mode}".ToLowerInvariant();

    private async Task<string> RunAsync(IFunctionRunner runner, HttpCase testCase)
    {
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(testCase.Event), TestContext.CancellationToken);
        var text = Encoding.UTF8.GetString(outcome.Payload);
        return outcome.FunctionError is null
            ? string.Join('\n', JsonNode.Parse(text)!.AsObject().Select(field => $"{field.Key} = {Same($"{field.Value}")}"))
            : text;
    }

    private static string Same(string value) => BrokenRead().Replace(Random().Replace(value, "$1=<random>"), "$1 <- a read that broke");

    /// <summary>Parts of a digest's answer that are made up anew each time.</summary>
    [GeneratedRegex("\\b(cnonce|response)=\"[^\"]+\"")]
    private static partial Regex Random();

    /// <summary>What is beneath a cancellation depends on who is first to see the connection close: and may be nothing: one direct run differs from the next.</summary>
    [GeneratedRegex(@"(The operation was canceled\. \[\w+\])( <- System\.(IO\.IOException|Net\.Http\.HttpIOException): .*)?")]
    private static partial Regex BrokenRead();
}
