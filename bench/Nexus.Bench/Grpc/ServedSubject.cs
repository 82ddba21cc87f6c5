using Nexus.Bench.Aws;
using Nexus.Bench.Nodes;

namespace Nexus.Bench.Grpc;

/// <summary>A server that this process calls.</summary>
internal sealed class ServedSubject(ServedLoad load) : Subject
{
    public static Subject OfKestrel(KestrelServer server) => new ServedSubject(server.Load()) { GuestId = server.ProcessId };

    /// <summary>Starts the instance by its first call.</summary>
    public static async Task<Subject> StartAsync(BenchNode node, string name, int http2Port, int http1Port)
    {
        var load = new ServedLoad(http2Port, http1Port);
        await load.RunAsync("get", 1);
        return new ServedSubject(load) { GuestId = await node.GuestAsync(name), BackendId = node.ProcessId };
    }

    public override Task<CallFigures> CallAsync(string operation, int count) => load.RunAsync(operation, count);

    public override ValueTask DisposeAsync()
    {
        load.Dispose();
        return ValueTask.CompletedTask;
    }
}
