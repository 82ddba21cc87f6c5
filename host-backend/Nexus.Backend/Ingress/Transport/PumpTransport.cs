using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Ingress.Transport;

/// <summary>
/// TCP connections for Kestrel that the channel's pump waits for: the thread that takes a request from its caller takes it to the guest, and the one that takes the
/// guest's answer sends it. Other addresses are left to Kestrel's own sockets.
/// </summary>
/// <param name="pump">Whose threads wait.</param>
/// <param name="memory">Kestrel's own, which takes it for granted that a block is never empty.</param>
internal sealed class PumpTransport(ChannelPump pump, IMemoryPoolFactory<byte> memory)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector
{
    private const int Backlog = 512;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            socket.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new PumpConnectionListener(socket, pump, memory.Create()));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
