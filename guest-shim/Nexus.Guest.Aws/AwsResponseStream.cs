using Nexus.Channel;

namespace Nexus.Guest.Aws;

/// <summary>
/// The response body, read from the arena as it arrives: forward only. An S3 user holds it for as long as the object is read; one who forgets to dispose it is
/// helped by the finalizer, as with a connection.
/// </summary>
internal sealed class AwsResponseStream(ChannelCall call, bool ended, ChannelPeer peer) : Stream
{
    private ChannelFrame _frame;
    private ReadOnlyMemory<byte> _rest;
    private bool _ended = ended;
    private int _disposed;

    ~AwsResponseStream()
    {
        Dispose(disposing: false);
    }

    public override bool CanRead => _disposed == 0;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (buffer.Length > 0 && _rest.IsEmpty && !AtEnd())
        {
            var pending = ReceiveAsync(default);
            Accept(pending.IsCompleted ? pending.GetAwaiter().GetResult() : pending.AsTask().GetAwaiter().GetResult());
        }

        return Take(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0 && _rest.IsEmpty && !AtEnd())
        {
            Accept(await ReceiveAsync(cancellationToken).ConfigureAwait(false));
        }

        return Take(buffer.Span);
    }

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!_rest.IsEmpty)
            {
                await destination.WriteAsync(_rest, cancellationToken).ConfigureAwait(false);
                ThrowIfStale();
                _rest = default;
                ReleaseFrame();
            }

            if (AtEnd())
            {
                return;
            }

            Accept(await ReceiveAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _rest = default;
            ReleaseFrame();
            call.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool AtEnd()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _ended;
    }

    private async ValueTask<ChannelFrame> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await call.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException failure)
        {
            throw new IOException($"The response ended prematurely. {failure.Message}", failure);
        }
    }

    private void Accept(ChannelFrame frame)
    {
        ReleaseFrame();
        _frame = frame;
        _rest = frame.Memory;
        _ended = frame.IsFinal;
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        ThrowIfStale();
        peer.CountCopied(count);
        _rest = _rest[count..];
        if (_rest.IsEmpty)
        {
            ReleaseFrame();
        }

        return count;
    }

    /// <summary>After a restart of the backend the arena belongs to a new session: what was just read may be another call's.</summary>
    private void ThrowIfStale()
    {
        if (!call.IsCurrent && !_rest.IsEmpty)
        {
            throw new IOException($"The response ended prematurely. {ChannelDiagnostics.SessionLost.With($"call {call.Id:x}").Message}");
        }
    }

    private void ReleaseFrame()
    {
        call.Release(_frame);
        _frame = default;
    }
}
