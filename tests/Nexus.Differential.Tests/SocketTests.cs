using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Upstream;

namespace Nexus.Differential.Tests;

/// <summary>A function that opens sockets: refused with the place where it has no network, and as in a direct run where its configuration grants one.</summary>
[TestClass]
public sealed class SocketTests
{
    private const string Function = "KeyValue";
    private static KeyValueServer? s_server;
    private static DirectRunner? s_direct;
    private static NexusBackend? s_backend;

    public required TestContext TestContext { get; init; }

    public static IEnumerable<object[]> Clients =>
        HookedFunctions.Modes.SelectMany(
            static _ => new[] { "redis", "tcp", "tcpNow", "tcpBegin", "socket", "socketNow", "socketBegin" },
            static (mode, client) => new object[] { mode, client }
        );

    /// <summary>What a function does with sockets of its own alone, and how the refusal names it.</summary>
    public static IEnumerable<object[]> Alone =>
        HookedFunctions.Modes.SelectMany(
            static _ =>
                new[]
                {
                    ("listener", "127.0.0.1:0, to receive there"),
                    ("bind", "127.0.0.1:0, to receive there"),
                    ("listen", "an unbound socket, to receive"),
                    ("udp", "127.0.0.1:0, to receive there"),
                    ("datagram", "a socket (InterNetwork, Dgram, Udp)"),
                },
            static (mode, use) => new object[] { mode, use.Item1, use.Item2 }
        );

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        s_server = KeyValueServer.Start();
        var function = await PublishedFunctions.GetAsync(Function);
        s_direct = await DirectRunner.StartAsync(function, new Dictionary<string, string>(), cancellation: context.CancellationToken);
        var functions = new JsonObject();
        foreach (var mode in HookedFunctions.Modes)
        {
            foreach (var network in new[] { "none", "host" })
            {
                functions[NameOf(mode, network)] = new JsonObject
                {
                    ["path"] = await HookedFunctions.FolderAsync(Function, mode),
                    ["handler"] = function.Handler,
                    ["timeout"] = 30,
                    ["network"] = network,
                };
            }
        }

        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = functions };
        s_backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_backend?.DisposeAsync() ?? default);
        s_server?.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(Clients))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Connect_WithoutANetwork_IsRefusedAndNamesThePlace(HookMode mode, string client)
    {
        var before = s_server!.Connections;
        var (answer, _) = await RunAsync(Runner(mode, "none"), client, "127.0.0.1", s_server.Port);

        Assert.AreEqual(before, s_server.Connections);
        Assert.Contains("NEXUS0605", answer);
        if (client != "redis")
        {
            // It hands the text on only.
            Assert.StartsWith("SocketException AccessDenied: ", answer);
        }

        Assert.Contains($"127.0.0.1:{s_server.Port}", answer);
    }

    [TestMethod]
    [DynamicData(nameof(Clients))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Connect_WithTheNodesNetwork_IsAsInADirectRun(HookMode mode, string client)
    {
        var before = s_server!.Connections;
        var (direct, _) = await RunAsync(s_direct!, client, "127.0.0.1", s_server.Port);
        var (through, _) = await RunAsync(Runner(mode, "host"), client, "127.0.0.1", s_server.Port);

        Assert.AreEqual(client == "redis" ? "hello" : "+PONG", direct);
        Assert.AreEqual(direct, through);
        Assert.IsGreaterThanOrEqualTo(before + 2, s_server.Connections);
        Assert.Contains("WITH THE NODE'S NETWORK", s_backend!.Output);
    }

    [TestMethod]
    [DynamicData(nameof(Alone))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Use_WithoutANetwork_IsRefusedAndNamed(HookMode mode, string use, string place)
    {
        var (answer, _) = await RunAsync(Runner(mode, "none"), use, "", 0);

        Assert.StartsWith("SocketException AccessDenied: Permission denied NEXUS0605", answer);
        Assert.Contains(place, answer);
    }

    [TestMethod]
    [DynamicData(nameof(Alone))]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Use_WithTheNodesNetwork_IsAsInADirectRun(HookMode mode, string use, string place)
    {
        var (direct, _) = await RunAsync(s_direct!, use, "", 0);
        var (through, _) = await RunAsync(Runner(mode, "host"), use, "", 0);

        Assert.AreEqual("hello", direct, place);
        Assert.AreEqual(direct, through, place);
    }

    [TestMethod]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Connect_ToNobodyWithTheNodesNetwork_FailsAsInADirectRun()
    {
        using var nobody = KeyValueServer.Start();
        var port = nobody.Port;
        nobody.Dispose();
        var (direct, _) = await RunAsync(s_direct!, "tcp", "127.0.0.1", port);
        var (through, _) = await RunAsync(Runner(HookMode.Overlay, "host"), "tcp", "127.0.0.1", port);

        Assert.Contains("ConnectionRefused", direct);
        Assert.AreEqual(direct, through);
    }

    [TestMethod]
    [DataRow("postgres", "10.1.2.3", 5432, "NEXUS0605", "10.1.2.3:5432")]
    [DataRow("postgres", "db.example.com", 5432, "NEXUS0606", "db.example.com")]
    [DataRow("name", "mail.example.com", 0, "NEXUS0606", "mail.example.com")]
    [DataRow("sendTo", "10.1.2.3", 53, "NEXUS0605", "10.1.2.3:53")]
    [DataRow("tcp", "cache.example.com", 6379, "NEXUS0605", "cache.example.com:6379")]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Place_ThatCannotBeReached_IsNamedInExceptionAndLog(string client, string host, int port, string id, string place)
    {
        var (answer, log) = await RunAsync(Runner(HookMode.Overlay, "none"), client, host, port);

        Assert.Contains(id, answer);
        Assert.Contains(place, answer);
        // Standard error is a pipe of its own: its last line may miss the log's tail, but not the node's log.
        while (!log.Contains(id, StringComparison.Ordinal) && !Printed(id, place))
        {
            await Task.Delay(50, TestContext.CancellationToken);
        }
    }

    private static bool Printed(string id, string place) =>
        s_backend!
            .Output.Split('\n')
            .Any(line => line.Contains(id, StringComparison.Ordinal) && line.Contains(place, StringComparison.Ordinal));

    private static string NameOf(HookMode mode, string network) => $"{Function}-{mode}-{network}".ToLowerInvariant();

    private static NexusRunner Runner(HookMode mode, string network) => new(s_backend!, NameOf(mode, network));

    private async Task<(string Answer, string Log)> RunAsync(IFunctionRunner runner, string client, string host, int port)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                client,
                host,
                port,
            }
        );
        var outcome = await runner.InvokeAsync(request, TestContext.CancellationToken);
        var payload = Encoding.UTF8.GetString(outcome.Payload);
        Assert.IsNull(outcome.FunctionError, payload);
        return (JsonSerializer.Deserialize<string>(payload)!, outcome.Log);
    }
}
