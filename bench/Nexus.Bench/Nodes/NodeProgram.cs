using System.Text.Json;
using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Backend.Node;
using Nexus.Backend.Sandbox;
using Nexus.Rewriter;
using Nexus.TestKit;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Machines;

namespace Nexus.Bench.Nodes;

/// <summary>
/// The node in a process of its own, so that its CPU and memory can be told from the bench's: reads the functions from the first line of its
/// standard input, writes where it listens, and ends when the input ends.
/// </summary>
internal static class NodeProgram
{
    public const string ListenPrefix = "LISTEN ";

    public static async Task<int> RunAsync()
    {
        InlineSockets.Enable();
        var functions = JsonSerializer.Deserialize<NodeFunction[]>(Console.ReadLine() ?? "[]")!;
        var overlays = Overlays.Create();
        var prepared = functions
            .Select(function => function.Folder)
            .Distinct()
            .ToDictionary(folder => folder, folder => overlays.Prepare(folder));
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            LogLevel = "warning",
            DrainSeconds = 0,
            Routes = [.. functions.SelectMany(RoutesTo)],
            Machines = functions.Any(static function => function.Sandbox == "vm") ? await MachinesAsync() : new(),
            Functions = [.. functions.Select(function => Define(function, prepared[function.Folder]))],
        };
        await using var node = await NexusNode.StartAsync(options, CancellationToken.None);
        Console.WriteLine(ListenPrefix + node.Address);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static IEnumerable<IngressRoute> RoutesTo(NodeFunction function) =>
        (function.Routes ?? new Dictionary<string, string>()).Select(route => new IngressRoute
        {
            Listen = route.Key,
            Protocols = route.Value,
            Function = function.Name,
        });

    private static async Task<VirtualMachineOptions> MachinesAsync()
    {
        var (machines, reason) = await MachineSupport.FindAsync();
        return machines is null
            ? throw new BenchException(reason)
            : new VirtualMachineOptions
            {
                Kernel = machines.Kernel.Path,
                KernelParameters = machines.Kernel.Parameters,
                Programs = MachineSupport.Programs,
                Images = RepositoryRoot.Combine("artifacts", "vm", "images"),
            };
    }

    private static FunctionDefinition Define(NodeFunction function, PreparedFunction prepared) =>
        new()
        {
            Name = function.Name,
            AppFolder = prepared.Folder,
            Command = prepared.CommandLine,
            Handler = function.Handler,
            Kind = function.Routes is null ? FunctionKind.Lambda : FunctionKind.Server,
            Region = EmulatorSet.Region,
            Timeout = TimeSpan.FromSeconds(120),
            IdleTimeout = TimeSpan.FromHours(1),
            Sandbox = function.Sandbox,
            Environment = function.Environment,
            AllowedUpstreams = function.Upstreams ?? [],
        };
}
