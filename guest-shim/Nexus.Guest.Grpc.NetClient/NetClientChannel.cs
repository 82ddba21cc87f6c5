namespace Nexus.Guest.Grpc.NetClient;

/// <summary>What is kept for a channel of the library.</summary>
internal sealed class NetClientChannel(GrpcTarget calls)
{
    public GrpcTarget Calls { get; } = calls;

    public Connectivity Connectivity { get; } = new();

    public void Dispose()
    {
        Calls.Dispose();
        Connectivity.ShutDown();
    }
}
