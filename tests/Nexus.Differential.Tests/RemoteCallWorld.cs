using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Tests;

/// <summary>What the function that calls gRPC servers calls, and a backend that serves it in several forms.</summary>
internal sealed class RemoteCallWorld : IAsyncDisposable
{
    /// <summary>In <c>test-functions/</c>.</summary>
    public const string Function = "RemoteCalls";

    private readonly TrialServers _servers;
    private readonly Dictionary<string, string> _variables;
    private readonly JsonObject _functions = [];
    private NexusBackend? _backend;

    private RemoteCallWorld(TrialServers servers)
    {
        _servers = servers;
        _variables = new Dictionary<string, string>
        {
            ["TRIALS_URL"] = servers.Trials.ToString(),
            ["MISBEHAVING_URL"] = servers.Misbehaving.ToString(),
            ["GARBAGE_URL"] = servers.Garbage.ToString(),
            ["NOBODY_URL"] = $"http://127.0.0.1:{FreePort.Find()}",
        };
    }

    /// <summary>Starts the servers.</summary>
    public static async Task<RemoteCallWorld> StartAsync(CancellationToken cancellation) =>
        new(await TrialServers.StartAsync(cancellation));

    /// <summary>Runs the function without Nexus.</summary>
    public Task<DirectRunner> StartDirectAsync(PublishedFunction function, CancellationToken cancellation) =>
        DirectRunner.StartAsync(function, _variables, cancellation: cancellation);

    /// <summary>Adds a form of the function to those that are served; before <see cref="ServeAsync"/>.</summary>
    public void Add(string name, string folder, string? handler) =>
        _functions[name] = new JsonObject
        {
            ["path"] = folder,
            ["handler"] = handler,
            ["memory"] = 512,
            ["timeout"] = 60,
            ["allowedUpstreams"] = new JsonArray([
                .. _variables.Values.Append($"http://localhost:{_servers.Trials.Port}").Select(static address => (JsonNode)address),
            ]),
            ["environment"] = new JsonObject(_variables.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        };

    /// <summary>Starts the backend.</summary>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var configuration = new JsonObject { ["listen"] = "http://127.0.0.1:0", ["functions"] = _functions };
        _backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), cancellation);
    }

    /// <summary>Calls one of the forms that are served.</summary>
    public NexusRunner Runner(string name) => new(_backend!, name);

    /// <summary>What the function saw.</summary>
    public static async Task<string> AnswerAsync(IFunctionRunner runner, string request, CancellationToken cancellation)
    {
        var outcome = await runner.InvokeAsync(Encoding.UTF8.GetBytes(request), cancellation);
        var payload = Encoding.UTF8.GetString(outcome.Payload);
        Assert.IsNull(outcome.FunctionError, payload);
        return RemoteCallCases.Settled(JsonSerializer.Deserialize<string>(payload)!);
    }

    public async ValueTask DisposeAsync()
    {
        await (_backend?.DisposeAsync() ?? default);
        await _servers.DisposeAsync();
    }
}
