using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>gRPC over TLS to servers of another implementation. Whom to trust is told to the backend as it is to a direct run; the sandbox knows nothing of it.</summary>
[TestClass]
public sealed class RemoteCallTlsTests
{
    private const string Function = "RemoteCalls";
    private static TestAuthority? s_trusted;
    private static TestAuthority? s_unknown;
    private static readonly List<TrialTlsServer> s_servers = [];
    private static DirectRunner? s_direct;
    private static NexusBackend? s_backend;

    public required TestContext TestContext { get; init; }

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        s_trusted = new TestAuthority("Trusted for the test");
        s_unknown = new TestAuthority("Unknown to all");
        var variables = new Dictionary<string, string>
        {
            ["TLS_URL"] = await ServeAsync(s_trusted, "localhost", context.CancellationToken),
            ["UNTRUSTED_URL"] = await ServeAsync(s_unknown, "localhost", context.CancellationToken),
            ["OTHER_NAME_URL"] = await ServeAsync(s_trusted, "elsewhere.example", context.CancellationToken),
        };
        var trust = new Dictionary<string, string> { ["SSL_CERT_FILE"] = s_trusted.CertificateFile };
        var function = await PublishedFunctions.GetAsync(Function);
        s_direct = await DirectRunner.StartAsync(function, variables.Concat(trust).ToDictionary(), cancellation: context.CancellationToken);
        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["functions"] = new JsonObject
            {
                ["remote"] = new JsonObject
                {
                    ["path"] = function.Folder,
                    ["handler"] = function.Handler,
                    ["timeout"] = 60,
                    ["allowedUpstreams"] = new JsonArray([.. variables.Values.Select(static address => (JsonNode)address)]),
                    ["environment"] = new JsonObject(variables.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
                },
            },
        };
        s_backend = await NexusBackend.StartAsync(cli, configuration, trust, context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        await (s_direct?.DisposeAsync() ?? default);
        await (s_backend?.DisposeAsync() ?? default);
        s_servers.ForEach(static server => server.Dispose());
        s_trusted?.Dispose();
        s_unknown?.Dispose();
    }

    [TestMethod]
    [DataRow("unary", "plain", "TLS_URL", "hello")]
    [DataRow("headers and trailers", "plain", "TLS_URL", "last=one")]
    [DataRow("server streaming", "plain", "TLS_URL", "499500")]
    [DataRow("client streaming", "plain", "TLS_URL", "100")]
    [DataRow("duplex", "httpClient", "TLS_URL", "turn 19")]
    [DataRow("large messages", "factory", "TLS_URL", "4000000True")]
    [DataRow("third attempt", "repeated", "TLS_URL", "attempt 3")]
    [DataRow("unary", "plain", "UNTRUSTED_URL", "RemoteCertificateChainErrors|certificate chain|PartialChain|UntrustedRoot")]
    [DataRow("unary", "plain", "OTHER_NAME_URL", "RemoteCertificateNameMismatch")]
    [DataRow("attempts used up", "repeated", "UNTRUSTED_URL", "certificate")]
    [Timeout(90_000, CooperativeCancellation = true)]
    public async Task Call_OverTls_LooksTheSame(string scenario, string client, string server, string expected)
    {
        var request = JsonSerializer.Serialize(
            new
            {
                scenario,
                client,
                server,
            }
        );
        var direct = await AnswerAsync(s_direct!, request);
        await using var nexus = new NexusRunner(s_backend!, "remote");
        var through = await AnswerAsync(nexus, request);

        Assert.AreEqual(direct, through);
        Assert.IsTrue(expected.Split('|').Any(word => direct.Contains(word, StringComparison.Ordinal)), direct);
    }

    private static async Task<string> ServeAsync(TestAuthority authority, string host, CancellationToken cancellation)
    {
        var server = await TrialTlsServer.StartAsync(authority, host, cancellation);
        s_servers.Add(server);
        return server.Address.ToString();
    }

    private async Task<string> AnswerAsync(IFunctionRunner runner, string request)
    {
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(request), TestContext.CancellationToken);
        var payload = Encoding.UTF8.GetString(outcome.Payload);
        Assert.IsNull(outcome.FunctionError, payload);
        return JsonSerializer.Deserialize<string>(payload)!;
    }
}
