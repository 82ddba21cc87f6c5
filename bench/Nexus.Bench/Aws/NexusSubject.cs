using Nexus.Bench.Nodes;

namespace Nexus.Bench.Aws;

/// <summary>The class library through Nexus, in the process sandbox. Each name is a pool of its own, so that its first call starts an instance.</summary>
internal sealed class NexusSubject : FunctionSubject
{
    private readonly BenchNode _node;
    private readonly string _name;

    private NexusSubject(BenchNode node, string name)
    {
        _node = node;
        _name = name;
    }

    /// <summary>Starts the instance by its first call, as a node does.</summary>
    public static async Task<Subject> StartAsync(BenchNode node, string name, string firstOperation = "nothing", int? neighbour = null)
    {
        await node.InvokeAsync(name, Request(firstOperation, 1));
        return new NexusSubject(node, name)
        {
            GuestId = await node.GuestAsync(name),
            NeighbourId = neighbour,
            BackendId = node.ProcessId,
        };
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override Task<string> InvokeAsync(string request) => _node.InvokeAsync(_name, request);
}
