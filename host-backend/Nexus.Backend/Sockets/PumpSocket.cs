using System.Buffers;
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
    private readonly ConnectOperation? _connect;
    private readonly int _key;
    private int _closed;

    private PumpSocket(EndPoint remote, ChannelPump pump)
        : this(new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp), remote, pump) { }

    private PumpSocket(Socket socket, EndPoint? remote, ChannelPump pump)
    {
        socket.NoDelay = true;
        socket.Blocking = false;
        _socket = socket;
        _pump = pump;
        _receive = new ReceiveOperation(socket);
        _send = new SendOperation(socket);
        _connect = remote is null ? null : new ConnectOperation(socket, remote);
        _key = pump.Add(socket.SafeHandle, this);
    }

    /// <summary>Takes an accepted connection over.</summary>
    /// <exception cref="SocketException">It is gone already.</exception>
    public static PumpSocket Accepted(Socket socket, ChannelPump pump) => new(socket, remote: null, pump);

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
                await connection._connect!.StartAsync(cancellation).ConfigureAwait(false);
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
    public ValueTask SendAsync(ReadOnlySequence<byte> buffer, CancellationToken cancellation) => _send.StartAsync(buffer, cancellation);

    /// <summary>Ends the connection after what has been sent.</summary>
    public void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }

        Dispose();
    }

    /// <summary>Ends the connection without what is still to be sent: the other end sees a reset.</summary>
    public void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }

        Dispose();
    }

    /// <summary>What waits for receiving or sending goes on on the pump's threads from now on, instead of the pool's.</summary>
    public void ContinueOnPump()
    {
        _receive.ContinuesOnPump = true;
        _send.ContinuesOnPump = true;
    }

    public void Collect(List<IThreadPoolWorkItem> ready)
    {
        _connect?.Signal(ready);
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
        _connect?.End(reason);
        _receive.End(reason);
        _send.End(reason);
    }
}
