using Nexus.Channel;

namespace Nexus.Guest.Http;

/// <summary>
/// What a request's content writes itself into: blocks of the arena, sent as they fill and when the content flushes. It waits while the backend is behind.
/// </summary>
/// <param name="call">The call, opened.</param>
/// <param name="length">Bytes the request announces; -1 for unknown.</param>
internal sealed class RequestStream(ChannelCall call, long length) : Stream
{
    private const int FirstBlock = 16 * 1024;
    private const int LargestBlock = 256 * 1024;
    private ArenaBlock _block;
    private bool _rented;
    private int _used;
    private int _next = FirstBlock;
    private long _written;
    private long _pushed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Announce(buffer.Length);
        while (!buffer.IsEmpty)
        {
            if (!_rented)
            {
                var renting = RentAsync(default);
                _ = renting.IsCompleted ? renting.GetAwaiter().GetResult() : renting.AsTask().GetAwaiter().GetResult();
            }

            buffer = buffer[Put(buffer)..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Announce(buffer.Length);
        while (!buffer.IsEmpty)
        {
            if (!_rented)
            {
                await RentAsync(cancellationToken).ConfigureAwait(false);
            }

            buffer = buffer[Put(buffer.Span)..];
        }
    }

    public override void Flush() => Push(final: false);

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Push(final: false);
        return Task.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Ends the body.</summary>
    /// <exception cref="HttpRequestException">It is shorter than announced.</exception>
    public void Finish()
    {
        if (length >= 0 && _written < length)
        {
            throw new HttpRequestException($"Sent {_written} request content bytes, but Content-Length promised {length}.");
        }

        if (_rented)
        {
            Push(final: true);
        }
        else
        {
            call.Complete();
        }
    }

    /// <summary>Gives an unsent block back.</summary>
    public void Abandon()
    {
        if (_rented)
        {
            _rented = false;
            call.Return(_block);
        }
    }

    private void Announce(int count)
    {
        _written += count;
        if (length >= 0 && _written > length)
        {
            throw new HttpRequestException("Unable to write content to request stream; content would exceed Content-Length.");
        }
    }

    private async ValueTask<bool> RentAsync(CancellationToken cancellationToken)
    {
        var wanted = length < 0 ? _next : (int)Math.Clamp(length - _pushed, 1, LargestBlock);
        try
        {
            _block = await call.RentAsync(wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException failure)
        {
            throw new IOException($"Unable to write data to the transport connection: {failure.Message}", failure);
        }

        _next = Math.Min(_next * 4, LargestBlock);
        _rented = true;
        _used = 0;
        return true;
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        // The content's own buffer is the one copy on this path: it has no way to be asked for less.
        var count = Math.Min(bytes.Length, _block.Memory.Length - _used);
        bytes[..count].CopyTo(_block.Memory.Span[_used..]);
        call.Peer.CountCopied(count);
        _used += count;
        if (_used == _block.Memory.Length && _pushed + _used != length)
        {
            Push(final: false);
        }

        return count;
    }

    private void Push(bool final)
    {
        if (_rented)
        {
            _rented = false;
            _pushed += _used;
            call.Send(FrameKind.Data, _block, _used, final);
        }
    }
}
