using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Sockets;

/// <summary>A <see cref="PumpSocket"/> as the stream that <see cref="System.Net.Http.SocketsHttpHandler"/> and TLS work on; asynchronous only.</summary>
internal sealed class PumpStream(PumpSocket socket) : Stream
{
    private const string AsynchronousOnly = "A connection of the backend is used asynchronously: nothing there may block.";

    /// <summary>Connects to the first address that accepts. What waits for the stream goes on in the pool, until <see cref="ContinueOnPump"/>.</summary>
    /// <param name="addresses">At least one; tried in their order.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="pump">Whose threads wait for the connection.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="SocketException">No address accepted; the last one's error.</exception>
    public static async ValueTask<PumpStream> ConnectAsync(
        IPAddress[] addresses,
        int port,
        ChannelPump pump,
        CancellationToken cancellation
    ) => new PumpStream(await PumpSocket.ConnectAsync(addresses, port, pump, cancellation).ConfigureAwait(false));

    /// <summary>From now on what waits for the stream goes on on the pump's threads, so it must not block.</summary>
    public void ContinueOnPump() => socket.ContinueOnPump();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.ReceiveAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.SendAsync(new ReadOnlySequence<byte>(buffer), cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException(AsynchronousOnly);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException(AsynchronousOnly);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }
}
