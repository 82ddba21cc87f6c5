using System.Buffers;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// A write-only stream into a buffer writer, so that a serializer's bytes go to their final place at once. After
/// <see cref="Release"/> every write fails with <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class ResponseStream(IBufferWriter<byte> writer) : Stream
{
    private readonly object _gate = new();
    private IBufferWriter<byte>? _writer = writer;
    private long _written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => _writer is not null;

    /// <summary>Bytes written so far.</summary>
    public override long Length => _written;

    /// <summary>Bytes written so far; setting it to anything else is not supported.</summary>
    public override long Position
    {
        get => _written;
        set
        {
            if (value != _written)
            {
                throw new NotSupportedException("The response cannot be written again once it is written.");
            }
        }
    }

    /// <summary>Ends the response: what a task left behind writes later must not reach memory that was handed on.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _writer = null;
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_gate)
        {
            var writer = _writer ?? throw new ObjectDisposedException(nameof(ResponseStream), "The invocation has ended.");
            writer.Write(buffer);
            _written += buffer.Length;
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void WriteByte(byte value) => Write(new ReadOnlySpan<byte>(in value));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The response is write-only.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The response is write-only.");

    public override void SetLength(long value) => throw new NotSupportedException("The response is write-only.");
}
