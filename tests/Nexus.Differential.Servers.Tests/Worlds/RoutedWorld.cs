using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nexus.TestKit.Functions;

namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>The same programs in sandboxes without a network, behind the routes of one node.</summary>
internal sealed partial class RoutedWorld : ServerWorld
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(30);

    private RoutedWorld(NexusBackend backend, HookMode mode)
    {
        Backend = backend;
        Name = $"Nexus, {mode}";
    }

    public override string Name { get; }

    public NexusBackend Backend { get; }

    /// <param name="environment">Of the node.</param>
    /// <param name="apps">What to serve.</param>
    /// <param name="mode">How Nexus gets into the programs.</param>
    public static async Task<RoutedWorld> StartAsync(
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<ServedApp> apps,
        HookMode mode
    )
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var functions = new JsonObject();
        var routes = new JsonArray();
        // Port 0 is one listener for all routes that name it alike; a host name of the loopback tells the others apart.
        var listeners = new List<(ServedApp App, bool Http2)>();
        foreach (var app in apps)
        {
            functions[app.Name] = new JsonObject
            {
                ["path"] = await HookedFunctions.FolderAsync(app.Function, mode),
                ["environment"] = new JsonObject(app.Variables.Select(pair => KeyValuePair.Create(pair.Name, (JsonNode?)pair.Value))),
            };
            foreach (var http2 in new[] { false, true })
            {
                listeners.Add((app, http2));
                routes.Add(
                    new JsonObject
                    {
                        ["listen"] = $"http://127.0.0.{listeners.Count + 1}:0",
                        ["function"] = app.Name,
                        ["protocols"] = http2 ? "http2" : "http1",
                    }
                );
            }
        }

        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["functions"] = functions,
            ["routes"] = routes,
        };
        var world = new RoutedWorld(await NexusBackend.StartAsync(cli, configuration, environment), mode);
        var found = await world.AddressesAsync(listeners.Count);
        for (var i = 0; i < listeners.Count; i++)
        {
            world.Add(listeners[i].App, listeners[i].Http2, found[i]);
        }

        return world;
    }

    public override ValueTask DisposeAsync() => Backend.DisposeAsync();

    private async Task<Uri[]> AddressesAsync(int count)
    {
        using var watchdog = new CancellationTokenSource(s_watchdog);
        while (true)
        {
            var lines = Routes().Matches(Backend.Output);
            if (lines.Count == count)
            {
                return [.. lines.Select(static line => new Uri(line.Groups[1].Value))];
            }

            await Task.Delay(20, watchdog.Token);
        }
    }

    [GeneratedRegex(@"routes at (http://\S+:[1-9]\d*)\r?\n")]
    private static partial Regex Routes();
}
