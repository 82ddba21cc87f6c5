using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>
/// The comparisons of <see cref="RemoteCallTests"/> for older versions of Grpc.Net.Client: the oldest from 2.49 on that can be restored; with <c>./build.sh compat</c> one in between and the
/// last before the newest, too.
/// </summary>
[TestClass]
public sealed class OlderGrpcClientTests
{
    private const string Function = "RemoteCalls";
    private static readonly string[] s_all = ["2.55.0", "2.66.0", "2.84.0"];
    private static readonly string[] s_versions = Environment.GetEnvironmentVariable("NEXUS_TEST_ALL_VERSIONS") == "1" ? s_all : s_all[..1];

    private static readonly Dictionary<string, DirectRunner> s_direct = [];
    private static TrialServers? s_servers;
    private static NexusBackend? s_backend;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Cases =>
        s_versions.SelectMany(static _ => RemoteCallCases.List, static (version, request) => new object[] { version, request });

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
        var functions = new JsonObject();
        foreach (var version in s_versions)
        {
            var function = await PublishedFunctions.GetWithGrpcClientAsync(Function, version);
            s_direct.Add(version, await DirectRunner.StartAsync(function, variables, cancellation: context.CancellationToken));
            functions[NameOf(version)] = new JsonObject
            {
                ["path"] = function.Folder,
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
        foreach (var direct in s_direct.Values)
        {
            await direct.DisposeAsync();
        }

        await (s_backend?.DisposeAsync() ?? default);
        await (s_servers?.DisposeAsync() ?? default);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Calls_FromTheSandbox_LookTheSame(string version, string request)
    {
        await using var nexus = new NexusRunner(s_backend!, NameOf(version));

        var (direct, through) = ("", "");
        // How many attempts hedging has begun when one is answered is decided by the moment.
        var most = request.Contains("hedged", StringComparison.Ordinal) ? 5 : 1;
        for (var i = 0; i < most && (i == 0 || direct != through); i++)
        {
            direct = await AnswerAsync(s_direct[version], request);
            through = await AnswerAsync(nexus, request);
        }

        Assert.AreEqual(direct, through);
        Assert.IsNotEmpty(direct);
    }

    private static string NameOf(string version) => $"{Function}-{version.Replace('.', '-')}".ToLowerInvariant();

    private async Task<string> AnswerAsync(IFunctionRunner runner, string request)
    {
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(request), TestContext.CancellationToken);
        var payload = Encoding.UTF8.GetString(outcome.Payload);
        Assert.IsNull(outcome.FunctionError, payload);
        return RemoteCallCases
            .Settled(JsonSerializer.Deserialize<string>(payload)!)
            // Of a call that asks for such exceptions and whose deadline is over before it begins, by a version before 2.66: docs/limits.md.
            .Replace("TaskCanceledException: A task was canceled.", "OperationCanceledException: The operation was canceled.");
    }
}
