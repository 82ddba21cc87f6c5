using System.Text.Json;
using Nexus.Backend.Functions;
using Nexus.Backend.Node;

namespace Nexus.KillProof;

/// <summary>A backend in a process of its own.</summary>
internal static class NodeProgram
{
    public const string FunctionName = "work";
    public const string Ready = "READY";

    public static async Task RunAsync(string file)
    {
        var settings = JsonSerializer.Deserialize<NodeSettings>(await File.ReadAllBytesAsync(file))!;
        await using var node = await NexusNode.StartAsync(
            new NodeOptions
            {
                Listen = settings.Listen,
                StateFolder = settings.StateFolder,
                LogLevel = "error",
                DrainSeconds = 5,
                Machines = settings.Machines?.Options ?? new(),
                Functions =
                [
                    new FunctionDefinition
                    {
                        Name = FunctionName,
                        AppFolder = settings.Function.Folder,
                        Command = settings.Function.CommandLine,
                        Handler = "Probe::Probe.Work::FunctionHandler",
                        Region = "us-east-1",
                        Timeout = TimeSpan.FromSeconds(20),
                        MemoryMb = 256,
                        Sandbox = settings.Machines is null ? "process" : "vm",
                        MaxInstances = settings.MaxInstances,
                        Environment = new Dictionary<string, string> { ["PROOF_RUN"] = settings.Run },
                    },
                ],
            },
            CancellationToken.None
        );
        Console.WriteLine(Ready);
        await node.WaitForShutdownAsync(CancellationToken.None);
    }
}
