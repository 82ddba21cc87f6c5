using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc;

/// <summary>The exchange under one HTTP request of the library, and its answer's body. The library keeps messages to send them again, so both ways copy; it is counted.</summary>
internal sealed class LibraryAnswer(ChannelCall call) : Stream
{
    private readonly object _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private ChannelFrame _frame;
    private ReadOnlyMemory<byte> _rest;
    private bool _ended;
    private bool _disposed;

    /// <summary>Gets the trailers at the body's end.</summary>
    public HttpResponseMessage? Response { get; set; }

    public override bool CanRead => !_disposed;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Starts to send the request's content, which may go on while the answer comes, and waits for the answer's headers.</summary>
    /// <exception cref="GrpcFailureException">There is no answer.</exception>
    public async Task<GrpcResponseHead> BeginAsync(HttpContent content, CancellationToken cancellation)
    {
        var sending = SendAsync(content);
        _ = sending.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
        var receiving = call.ReceiveAsync(cancellation).AsTask();
        if (await Task.WhenAny(receiving, sending).ConfigureAwait(false) == sending && sending.IsFaulted)
        {
            _ = receiving.ContinueWith(static ended => _ = ended.Exception, TaskScheduler.Default);
            await sending.ConfigureAwait(false);
        }

        var frame = await receiving.ConfigureAwait(false);
        _ended = frame.IsFinal;
        return frame.Kind switch
        {
            FrameKind.Head => GrpcResponseHead.Read(frame.Memory),
            FrameKind.Trailers => End(frame) ?? throw new ProtocolViolationException("A gRPC answer without a head."),
            _ => throw new ProtocolViolationException("A gRPC answer without a head."),
        };
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (_rest.IsEmpty && !_ended)
            {
                Accept(await call.ReceiveAsync(cancellationToken).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException canceled)
        {
            throw new TaskCanceledException(canceled.Message, canceled.InnerException, cancellationToken);
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            throw new TaskCanceledException();
        }
        catch (ChannelException lost)
        {
            throw new IOException(lost.Message, lost);
        }
        catch (GrpcFailureException failure)
        {
            throw failure.Cause;
        }

        return Take(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _rest = default;
        }

        _stop.Cancel();
        call.Dispose();
        base.Dispose(disposing);
    }

    private async Task SendAsync(HttpContent content)
    {
        await Task.Yield();
        try
        {
            var stream = new LibraryRequestStream(call, _stop.Token);
            await content.CopyToAsync(stream, _stop.Token).ConfigureAwait(false);
            call.Complete();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The answer ended first, or the request was given up: nobody waits for the rest.
        }
        catch (Exception failure)
        {
            // A request that is never complete must not keep its server waiting.
            call.Abort(AbortCode.Cancelled);
            if (failure is InvalidOperationException or IOException)
            {
                throw new HttpRequestException("An error occurred while sending the request.", failure);
            }

            throw;
        }
    }

    private void Accept(in ChannelFrame frame)
    {
        _ended = frame.IsFinal;
        if (frame.Kind == FrameKind.Trailers)
        {
            End(frame);
            return;
        }

        lock (_lock)
        {
            _frame = frame;
            _rest = _disposed ? default : frame.Memory;
        }
    }

    private GrpcResponseHead? End(in ChannelFrame frame)
    {
        var end = GrpcResponseEnd.Read(frame.Memory);
        if (end.Failure is { } failure)
        {
            throw new GrpcFailureException(failure);
        }

        foreach (var (name, value) in end.Fields.ToArray())
        {
            Response?.TrailingHeaders.TryAddWithoutValidation(name, value);
        }

        return end.Head;
    }

    private int Take(Span<byte> buffer)
    {
        lock (_lock)
        {
            var count = Math.Min(buffer.Length, _rest.Length);
            if (count == 0)
            {
                return 0;
            }

            _rest.Span[..count].CopyTo(buffer);
            if (!call.IsCurrent)
            {
                // After a restart of the backend the arena is a new session's: what was just read may be another call's.
                throw new IOException(ChannelDiagnostics.SessionLost.With($"call {call.Id:x}").Message);
            }

            call.Peer.CountCopied(count);
            _rest = _rest[count..];
            if (_rest.IsEmpty)
            {
                call.Release(_frame);
                _frame = default;
            }

            return count;
        }
    }
}
