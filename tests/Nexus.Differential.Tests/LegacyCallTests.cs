using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>
/// A function that calls gRPC servers through Grpc.Core, whose native library does so in the direct run, and from a sandbox without a network: everything its code sees
/// must be the same, but for the native library's debug texts.
/// </summary>
[TestClass]
public sealed class LegacyCallTests
{
    private const string Function = "LegacyCalls";

    // Of the calls in RemoteCalls those whose outcome is not a race: deadlines are met by the server that stalls.
    private static readonly string[] s_scenarios =
    [
        "unary",
        "blocking unary",
        "empty message",
        "status, details and trailers",
        "server exception",
        "unimplemented",
        "headers and trailers",
        "state before the end",
        "client streaming",
        "client streaming answered early",
        "server streaming",
        "server streaming that fails",
        "duplex",
        "half-close of nothing",
        "two reads at once",
        "write after completion",
        "deadline in the past",
        "local deadline",
        "cancelled before",
        "cancelled while waiting",
        "cancelled while reading",
        "disposed unary",
        "disposed stream",
        "received message too large",
        "large messages",
        "compressed response",
        "compressed request",
        "unknown compression",
        "user agent",
    ];

    // Without those that the native library itself never answers, or answers by the order in which frames arrive.
    private static readonly string[] s_ways =
    [
        "WrongContentType",
        "NoContentType",
        "NotFound",
        "Unavailable",
        "Forbidden",
        "Unauthorized",
        "Teapot",
        "NoStatus",
        "NothingAtAll",
        "StatusOnly",
        "ErrorOnly",
        "BadStatus",
        "BadHeadStatus",
        "OddMessage",
        "BadBinary",
        "OkWithoutMessage",
        "MessageThenError",
        "HalfPrefix",
        "HugeLength",
        "OverLimit",
        "ResetAtOnce",
        "ResetCancel",
        "ResetCalm",
        "ResetSecurity",
        "ResetAfterHeaders",
        "ResetAfterMessage",
        "Stall",
        "StallAfterHeaders",
        "StallAfterMessage",
        "Dropped",
        "DroppedAfterMessage",
    ];

    private static readonly string[] s_channels =
    [
        "targets",
        "state",
        "shutdown",
        "shutdown with a call",
        "shutdown of all",
        "bad options",
        "message limits",
        "own user agent",
        "calls by hand",
        "serializers",
        "credentials of calls",
    ];

    private static TrialServers? s_servers;
    private static TestAuthority? s_authority;
    private static TrialTlsServer? s_tls;
    private static DirectRunner? s_direct;
    private static NexusBackend? s_backend;
    private static readonly Dictionary<string, Dictionary<string, string>> s_directAnswers = [];

    public required TestContext TestContext { get; init; }

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        s_servers = await TrialServers.StartAsync(context.CancellationToken);
        s_authority = new TestAuthority("Trusted for the test");
        s_tls = await TrialTlsServer.StartAsync(s_authority, "localhost", context.CancellationToken);
        var variables = new Dictionary<string, string>
        {
            ["TRIALS_URL"] = s_servers.Trials.ToString(),
            ["MISBEHAVING_URL"] = s_servers.Misbehaving.ToString(),
            ["GARBAGE_URL"] = s_servers.Garbage.ToString(),
            ["NOBODY_URL"] = $"http://127.0.0.1:{FreePort.Find()}",
            ["TLS_URL"] = s_tls.Address.ToString(),
        };
        // Whom to trust is told to the native library in one way and to the backend in another.
        var directTrust = new Dictionary<string, string> { ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = s_authority.CertificateFile };
        var trust = new Dictionary<string, string> { ["SSL_CERT_FILE"] = s_authority.CertificateFile };
        var function = await PublishedFunctions.GetAsync(Function);
        s_direct = await DirectRunner.StartAsync(
            function,
            variables.Concat(directTrust).ToDictionary(),
            cancellation: context.CancellationToken
        );
        var functions = new JsonObject();
        foreach (var mode in HookedFunctions.Modes)
        {
            functions[NameOf(mode)] = new JsonObject
            {
                ["path"] = await HookedFunctions.FolderAsync(Function, mode),
                ["handler"] = function.Handler,
                ["memory"] = 512,
                ["timeout"] = 120,
                ["allowedUpstreams"] = new JsonArray([.. variables.Values.Select(static address => (JsonNode)address)]),
                ["environment"] = new JsonObject(variables.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            };
        }

        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        s_backend = await NexusBackend.StartAsync(cli, configuration, trust, context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_backend?.DisposeAsync() ?? default);
        await (s_servers?.DisposeAsync() ?? default);
        s_tls?.Dispose();
        s_authority?.Dispose();
    }

    public static IEnumerable<object[]> Modes => HookedFunctions.Modes.Select(static mode => new object[] { mode });

    public static IEnumerable<object[]> Cases =>
        HookedFunctions.Modes.SelectMany(static _ => Requests, static (mode, request) => new object[] { mode, request });

    private static IEnumerable<string> Requests =>
        [
            Request("plain", "TRIALS_URL", s_scenarios),
            Request("interceptor", "TRIALS_URL", "unary", "headers and trailers", "duplex"),
            Request("misbehaving", "MISBEHAVING_URL", s_ways),
            Request("channel", "TRIALS_URL", s_channels),
            Request("channel", "NOBODY_URL", "nobody there", "nobody in time"),
            Request("channel", "GARBAGE_URL", "nobody there"),
            Request("plain", "TLS_URL", "unary", "headers and trailers", "server streaming", "large messages"),
            Request("channel", "TLS_URL", "credentials of calls", "credentials of channels"),
        ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    [Timeout(150_000, CooperativeCancellation = true)]
    public async Task Calls_FromTheSandbox_LookTheSame(HookMode mode, string request)
    {
        await using var nexus = new NexusRunner(s_backend!, NameOf(mode));
        if (!s_directAnswers.TryGetValue(request, out var direct))
        {
            direct = await AnswersAsync(s_direct!, request);
            s_directAnswers.Add(request, direct);
        }

        var through = await AnswersAsync(nexus, request);

        var different = new List<string>();
        foreach (var (scenario, seen) in direct)
        {
            var seenThrough = through.GetValueOrDefault(scenario);
            if (
                seenThrough != seen
                && !(s_ways.Contains(scenario) && await MeetAsync(nexus, ForOne(request, scenario), scenario, seen, seenThrough))
            )
            {
                different.Add($"{scenario}\n--- direct\n{seen}\n--- through\n{seenThrough}");
            }
        }

        Assert.AreEqual("", string.Join('\n', different));
        Assert.IsTrue(direct.Values.All(static seen => seen.Length > 0));
    }

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public async Task Sandbox_WhateverTheFunctionAsksFor_HasNoNativeLibrary(HookMode mode)
    {
        await using var nexus = new NexusRunner(s_backend!, NameOf(mode));
        var seen = await AnswersAsync(nexus, Request("channel", "TRIALS_URL", "targets", "not possible", "native library"));

        Assert.StartsWith("True", seen["targets"]);
        Assert.AreEqual("False", seen["native library"].Trim());
        CollectionAssert.AreEqual(
            new[] { "NEXUS0756", "NEXUS0756", "NEXUS0756", "NEXUS0755", "NEXUS0757" },
            System.Text.RegularExpressions.Regex.Matches(seen["not possible"], "NEXUS[0-9]{4}").Select(static id => id.Value).ToArray(),
            seen["not possible"]
        );
        var direct = await AnswersAsync(s_direct!, Request("channel", "TRIALS_URL", "targets", "native library"));
        Assert.AreEqual("True", direct["native library"].Trim());
    }

    private static string Request(string client, string server, params string[] scenarios) =>
        JsonSerializer.Serialize(
            new
            {
                client,
                server,
                scenarios,
            }
        );

    private static string ForOne(string request, string scenario)
    {
        var one = JsonNode.Parse(request)!;
        one["scenarios"] = new JsonArray(scenario);
        return one.ToJsonString();
    }

    /// <summary>
    /// Asks both again, a few times, until one has seen what the other has seen. What a broken server's caller sees is another thing, with the native library too, when its threads read or
    /// write a moment later: that both can see the same is all that can be compared there.
    /// </summary>
    private async Task<bool> MeetAsync(NexusRunner nexus, string request, string scenario, string direct, string? through)
    {
        HashSet<string> seenDirect = [direct];
        HashSet<string?> seenThrough = [through];
        for (var round = 0; round < 8 && !seenThrough.Overlaps(seenDirect); round++)
        {
            seenDirect.Add((await AnswersAsync(s_direct!, request))[scenario]);
            seenThrough.Add((await AnswersAsync(nexus, request))[scenario]);
        }

        return seenThrough.Overlaps(seenDirect);
    }

    private static string NameOf(HookMode mode) => $"{Function}-{mode}".ToLowerInvariant();

    private async Task<Dictionary<string, string>> AnswersAsync(IFunctionRunner runner, string request)
    {
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(request), TestContext.CancellationToken);
        var payload = Encoding.UTF8.GetString(outcome.Payload);
        Assert.IsNull(outcome.FunctionError, payload);
        return JsonSerializer
            .Deserialize<Dictionary<string, string>>(payload)!
            .ToDictionary(static pair => pair.Key, static pair => Settled(pair.Key, pair.Value));
    }

    /// <summary>
    /// Without the native library's debug text, and without the state of a call that was disposed of a moment ago, which is a race in both. So is whether a message is seen
    /// that comes right before an end without a status: the native library lets it go when it reads both at once.
    /// </summary>
    private static string Settled(string scenario, string seen) =>
        scenario.StartsWith("disposed", StringComparison.Ordinal)
            ? seen[seen.IndexOf('\n', StringComparison.Ordinal)..]
            : seen.Replace("CoreErrorDetailException", "", StringComparison.Ordinal).Replace("unfinished\n", "", StringComparison.Ordinal);
}
