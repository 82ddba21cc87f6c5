namespace Nexus.Guest.Grpc.NetClient;

/// <summary>What is kept for a channel of the library.</summary>
/// <param name="calls">Null when the library makes the calls itself.</param>
/// <param name="servers">What finds its servers; null when it has one.</param>
internal sealed class NetClientChannel(GrpcTarget? calls, IAddressSource? servers)
{
    public GrpcTarget? Calls { get; } = calls;

    public Connectivity Connectivity { get; } = new();

    public bool IsDisposed { get; private set; }

    public void Dispose()
    {
        IsDisposed = true;
        Calls?.Dispose();
        (servers as IDisposable)?.Dispose();
        Connectivity.ShutDown();
    }
}
