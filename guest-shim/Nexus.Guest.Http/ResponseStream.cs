using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Http;

/// <summary>
/// The response body, read from the arena as it arrives. At its end the trailers are there. One who forgets to dispose it is helped by the finalizer, as
/// with a connection.
/// </summary>
/// <param name="call">The call, its head read.</param>
/// <param name="ended">Whether the head was the last frame.</param>
/// <param name="response">Gets the trailers.</param>
/// <param name="sending">What still sends the request's body; ends with the response.</param>
internal sealed class ResponseStream(ChannelCall call, bool ended, HttpResponseMessage response, CancellationTokenSource? sending)
    : ReadOnlyStream
{
    private ChannelFrame _frame;
    private ReadOnlyMemory<byte> _rest;
    private bool _ended = ended;
    private bool _copies;
    private int _disposed;

    ~ResponseStream()
    {
        Dispose(disposing: false);
    }

    public override bool CanRead => Volatile.Read(ref _disposed) == 0;

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty && NeedsFrame())
        {
            var pending = ReceiveAsync(default);
            Accept(pending.IsCompleted ? pending.GetAwaiter().GetResult() : pending.AsTask().GetAwaiter().GetResult());
        }

        return Take(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        return buffer.IsEmpty || !NeedsFrame() ? new(Take(buffer.Span)) : ReadSlowAsync(buffer, cancellationToken);
    }

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        ValidateCopyToArguments(destination, bufferSize);
        _copies = true;
        while (true)
        {
            if (!_rest.IsEmpty)
            {
                await destination.WriteAsync(_rest, cancellationToken).ConfigureAwait(false);
                ThrowIfStale();
                _rest = default;
                ReleaseFrame();
            }

            if (!NeedsFrame())
            {
                return;
            }

            Accept(await ReceiveAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _rest = default;
            ReleaseFrame();
            call.Dispose();
            if (disposing)
            {
                sending?.Cancel();
            }
        }

        base.Dispose(disposing);
    }

    private bool NeedsFrame() => _rest.IsEmpty && !_ended && Volatile.Read(ref _disposed) == 0;

    private async ValueTask<int> ReadSlowAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (NeedsFrame())
        {
            Accept(await ReceiveAsync(cancellationToken).ConfigureAwait(false));
        }

        return Take(buffer.Span);
    }

    private async ValueTask<ChannelFrame> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await call.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException failure)
        {
            throw HttpFaults.Interrupted(failure);
        }
        catch (ObjectDisposedException)
        {
            // Disposed of by another thread while this one waited: the library's stream ends there.
            return default;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The library gives the connection up.
            _ended = true;
            call.Dispose();
            throw HttpFaults.Canceled(response.Version, cancellationToken);
        }
    }

    private void Accept(ChannelFrame frame)
    {
        ReleaseFrame();
        if (frame.Kind == FrameKind.Trailers)
        {
            _ended = true;
            AcceptTrailers(HttpTrailers.Read(frame.Memory.Span).Fields);
        }
        else
        {
            _frame = frame;
            _rest = frame.Memory;
            _ended = frame.IsFinal;
        }

        if (_ended)
        {
            sending?.Cancel();
        }
    }

    private void AcceptTrailers(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (name == HttpFault.Field)
            {
                throw HttpFaults.Raise(_copies ? HttpFaults.WithoutCount(value) : value);
            }

            response.TrailingHeaders.TryAddWithoutValidation(name, value);
        }
    }

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _rest.Length);
        if (count == 0)
        {
            return 0;
        }

        _rest.Span[..count].CopyTo(buffer);
        ThrowIfStale();
        call.Peer.CountCopied(count);
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
            throw HttpFaults.Interrupted(
                new ChannelException(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"call {call.Id:x}").Message)
            );
        }
    }

    private void ReleaseFrame()
    {
        call.Release(_frame);
        _frame = default;
    }
}
