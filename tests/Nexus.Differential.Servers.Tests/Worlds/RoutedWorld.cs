using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Machines;

namespace Nexus.Differential.Servers.Tests.Worlds;

/// <summary>The same programs in sandboxes without a network, behind the routes of one node.</summary>
internal sealed partial class RoutedWorld : ServerWorld
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromSeconds(30);

    private RoutedWorld(NexusBackend backend, string name)
    {
        Backend = backend;
        Name = name;
    }

    public override string Name { get; }

    public NexusBackend Backend { get; }

    /// <param name="environment">Of the node.</param>
    /// <param name="apps">What to serve.</param>
    /// <param name="mode">How Nexus gets into the programs.</param>
    /// <param name="machines">Runs them in virtual machines; null for processes.</param>
    /// <param name="stateFolder">Where the node remembers its instances; empty for nowhere.</param>
    public static async Task<RoutedWorld> StartAsync(
        IReadOnlyDictionary<string, string> environment,
        IEnumerable<ServedApp> apps,
        HookMode mode,
        MachineSupport? machines = null,
        string stateFolder = ""
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
                ["sandbox"] = machines is null ? "process" : "vm",
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
        if (stateFolder.Length > 0)
        {
            configuration["state"] = stateFolder;
        }

        if (machines is not null)
        {
            configuration["vmKernel"] = machines.Kernel.Path;
            configuration["vmKernelParameters"] = machines.Kernel.Parameters;
            configuration["vmPrograms"] = MachineSupport.Programs;
        }

        var name = machines is null ? $"Nexus, {mode}" : "Nexus, virtual machines";
        var world = new RoutedWorld(await NexusBackend.StartAsync(cli, configuration, environment), name);
        var found = await world.AddressesAsync(listeners.Count);
        for (var i = 0; i < listeners.Count; i++)
        {
            world.Add(listeners[i].App, listeners[i].Http2, found[i]);
        }

        return world;
    }

    /// <summary>Processes of a program's instances, as the host numbers them.</summary>
    public async Task<IReadOnlyList<int>> ProcessesAsync(ServedApp app)
    {
        using var status = JsonDocument.Parse(await Backend.Client.GetStringAsync(new Uri("/nexus/functions", UriKind.Relative)));
        return
        [
            .. status
                .RootElement.GetProperty("functions")
                .EnumerateArray()
                .Single(function => function.GetProperty("name").GetString() == app.Name)
                .GetProperty("instances")
                .EnumerateArray()
                .Select(static instance => instance.GetProperty("process").GetInt32()),
        ];
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
