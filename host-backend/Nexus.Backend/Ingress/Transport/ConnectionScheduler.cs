using System.IO.Pipelines;

namespace Nexus.Backend.Ingress.Transport;

/// <summary>
/// Where Kestrel goes on when bytes have arrived: on the thread that has read them, but for the time in which a connection is made, since a TLS handshake takes long.
/// </summary>
internal sealed class ConnectionScheduler : PipeScheduler
{
    /// <summary>Whether requests follow.</summary>
    public bool IsEstablished { get; set; }

    public override void Schedule(Action<object?> action, object? state)
    {
        if (IsEstablished)
        {
            action(state);
        }
        else
        {
            ThreadPool.Schedule(action, state);
        }
    }
}
