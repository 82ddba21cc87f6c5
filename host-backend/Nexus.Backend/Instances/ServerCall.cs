using Nexus.Channel;

namespace Nexus.Backend.Instances;

/// <summary>One request at an instance of a server, which counts it until this is disposed of.</summary>
public sealed class ServerCall : IDisposable
{
    private readonly ServerPool _pool;
    private readonly ServerInstance _instance;
    private int _disposed;

    internal ServerCall(ServerPool pool, ServerInstance instance, ChannelCall call)
    {
        _pool = pool;
        _instance = instance;
        Call = call;
    }

    /// <summary>The call: the request's body goes in, the answer comes out.</summary>
    public ChannelCall Call { get; }

    /// <summary>The instance broke the protocol: it ends, and nothing else.</summary>
    public void Violate(ProtocolViolationException violation) => _instance.Instance.End(violation);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Call.Dispose();
            _pool.Release(_instance);
        }
    }
}
