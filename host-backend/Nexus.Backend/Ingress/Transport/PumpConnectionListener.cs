using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Nexus.Backend.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Ingress.Transport;

/// <summary>Accepts connections at one address.</summary>
internal sealed class PumpConnectionListener : IConnectionListener
{
    private static readonly TimeSpan s_exhausted = TimeSpan.FromMilliseconds(50);
    private readonly Socket _socket;
    private readonly ChannelPump _pump;
    private readonly MemoryPool<byte> _memory;

    public PumpConnectionListener(Socket socket, ChannelPump pump, MemoryPool<byte> memory)
    {
        _socket = socket;
        _pump = pump;
        _memory = memory;
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Socket? accepted = null;
            try
            {
                accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                return PumpConnection.Start(accepted, _pump, _memory);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException failure)
            {
                accepted?.Dispose();
                // Most went before they were accepted; without descriptors none can be, until others end.
                if (failure.SocketErrorCode == SocketError.TooManyOpenSockets)
                {
                    await Task.Delay(s_exhausted, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return default;
    }

    /// <summary>Called when all its connections have ended.</summary>
    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _memory.Dispose();
        return default;
    }
}
