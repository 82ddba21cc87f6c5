using System.Net;
using System.Net.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Sockets;

/// <summary>
/// A TCP connection for which a channel pump waits beside the doorbells: the same few threads take calls from guests and answers from services, and what a call costs is
/// not the waking of more of them (docs/decisions/0015-cost-of-a-call.md). One receive and one send at a time.
/// </summary>
internal sealed class PumpSocket : IPumpListener, IDisposable
{
    private readonly Socket _socket;
    private readonly ChannelPump _pump;
    private readonly ReceiveOperation _receive;
    private readonly SendOperation _send;
    private readonly ConnectOperation _connect;
    private readonly int _key;
    private int _closed;

    private PumpSocket(EndPoint remote, ChannelPump pump)
    {
        _socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        _pump = pump;
        _receive = new ReceiveOperation(_socket);
        _send = new SendOperation(_socket);
        _connect = new ConnectOperation(_socket, remote);
        _key = pump.Add(_socket.SafeHandle, this);
    }

    /// <summary>Connects to the first address that accepts.</summary>
    /// <param name="addresses">At least one; tried in their order.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="pump">Whose threads wait for the connection.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="SocketException">No address accepted; the last one's error.</exception>
    public static async ValueTask<PumpSocket> ConnectAsync(
        IReadOnlyList<IPAddress> addresses,
        int port,
        ChannelPump pump,
        CancellationToken cancellation
    )
    {
        for (var i = 0; ; i++)
        {
            PumpSocket? connection = null;
            try
            {
                connection = new PumpSocket(new IPEndPoint(addresses[i], port), pump);
                await connection._connect.StartAsync(cancellation).ConfigureAwait(false);
                return connection;
            }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                connection?.Dispose();
            }
            catch
            {
                connection?.Dispose();
                throw;
            }
        }
    }

    /// <summary>Bytes received, 0 at the end; for an empty buffer 0 as soon as there is something or the end.</summary>
    /// <exception cref="IOException">The connection broke or was closed here.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation) => _receive.StartAsync(buffer, cancellation);

    /// <summary>Completes when the system has taken all bytes.</summary>
    /// <exception cref="IOException">The connection broke or was closed here.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation) => _send.StartAsync(buffer, cancellation);

    /// <summary>What waits for receiving or sending goes on on the pump's threads from now on, instead of the pool's.</summary>
    public void ContinueOnPump()
    {
        _receive.ContinuesOnPump = true;
        _send.ContinuesOnPump = true;
    }

    public void Collect(List<IThreadPoolWorkItem> ready)
    {
        _connect.Signal(ready);
        _receive.Signal(ready);
        _send.Signal(ready);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        _pump.Remove(_key, _socket.SafeHandle);
        _socket.Dispose();
        var aborted = new SocketException((int)SocketError.OperationAborted);
        var reason = new IOException($"The connection was closed: {aborted.Message}.", aborted);
        _connect.End(reason);
        _receive.End(reason);
        _send.End(reason);
    }
}
