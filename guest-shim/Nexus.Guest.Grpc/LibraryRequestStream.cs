using Nexus.Channel;

namespace Nexus.Guest.Grpc;

/// <summary>What the library writes a request's messages into: each write is sent at once, since whole messages are written.</summary>
internal sealed class LibraryRequestStream(ChannelCall call, CancellationToken stop) : Stream
{
    private const int LargestBlock = 256 * 1024;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
        try
        {
            while (!buffer.IsEmpty)
            {
                var count = Math.Min(buffer.Length, LargestBlock);
                var block = await call.RentAsync(count, either.Token).ConfigureAwait(false);
                buffer.Span[..count].CopyTo(block.Memory.Span);
                call.Peer.CountCopied(count);
                call.Send(FrameKind.Data, block, count, final: false);
                buffer = buffer[count..];
            }
        }
        catch (Exception failure) when (failure is ChannelException or ObjectDisposedException)
        {
            throw stop.IsCancellationRequested
                ? new OperationCanceledException(failure.Message, failure, stop)
                : new IOException(failure.Message, failure);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
