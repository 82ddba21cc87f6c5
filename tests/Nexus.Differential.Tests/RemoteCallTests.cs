using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>
/// A function that calls gRPC servers of another implementation, directly and from a sandbox without a network: everything its code sees must be the same.
/// </summary>
[TestClass]
public sealed class RemoteCallTests
{
    private const string Function = "RemoteCalls";

    private static TrialServers? s_servers;
    private static DirectRunner? s_direct;
    private static NexusBackend? s_backend;
    private static readonly Dictionary<string, string> s_directAnswers = [];

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases =>
        HookedFunctions.Modes.SelectMany(static _ => RemoteCallCases.List, static (mode, request) => new object[] { mode, request });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        s_servers = await TrialServers.StartAsync(context.CancellationToken);
        var variables = new Dictionary<string, string>
        {
            ["TRIALS_URL"] = s_servers.Trials.ToString(),
            ["MISBEHAVING_URL"] = s_servers.Misbehaving.ToString(),
            ["GARBAGE_URL"] = s_servers.Garbage.ToString(),
            ["NOBODY_URL"] = $"http://127.0.0.1:{FreePort.Find()}",
        };
        var function = await PublishedFunctions.GetAsync(Function);
        s_direct = await DirectRunner.StartAsync(function, variables, cancellation: context.CancellationToken);
        var functions = new JsonObject();
        foreach (var mode in HookedFunctions.Modes)
        {
            functions[NameOf(mode)] = new JsonObject
            {
                ["path"] = await HookedFunctions.FolderAsync(Function, mode),
                ["handler"] = function.Handler,
                ["memory"] = 512,
                ["timeout"] = 60,
                ["allowedUpstreams"] = new JsonArray([
                    .. variables.Values.Append($"http://localhost:{s_servers.Trials.Port}").Select(static address => (JsonNode)address),
                ]),
                ["environment"] = new JsonObject(variables.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
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
        await (s_servers?.DisposeAsync() ?? default);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Calls_FromTheSandbox_LookTheSame(HookMode mode, string request)
    {
        await using var nexus = new NexusRunner(s_backend!, NameOf(mode));
        if (!s_directAnswers.TryGetValue(request, out var direct))
        {
            direct = await AnswerAsync(s_direct!, request);
            s_directAnswers.Add(request, direct);
        }

        var through = await AnswerAsync(nexus, request);
        Assert.AreEqual(direct, through);
        Assert.IsNotEmpty(direct);
    }

    private static string NameOf(HookMode mode) => $"{Function}-{mode}".ToLowerInvariant();

    private async Task<string> AnswerAsync(IFunctionRunner runner, string request)
    {
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(request), TestContext.CancellationToken);
        var payload = Encoding.UTF8.GetString(outcome.Payload);
        Assert.IsNull(outcome.FunctionError, payload);
        return RemoteCallCases.Settled(JsonSerializer.Deserialize<string>(payload)!);
    }
}
