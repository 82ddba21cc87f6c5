using System.Globalization;
using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Instances;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Ingress.Servers;

/// <summary>
/// gRPC calls of one function of this node to a server of the same node, from arena to arena: one copy each way, no socket and no HTTP/2. The caller sees what it would see
/// through the listener.
/// </summary>
internal sealed class NodeUpstream(ServerPool pool) : INodeUpstream
{
    private const string ResetField = ":reset";
    private const int InternalError = 2;
    private const int Http2 = 20;

    public async Task ServeAsync(HttpRequestHead request, NodeExchange exchange, CancellationToken cancellation)
    {
        ServerCall opened;
        try
        {
            opened = await pool.OpenAsync(request, final: false, cancellation).ConfigureAwait(false);
        }
        catch (NexusException)
        {
            // What the listener answers to a caller it has no instance for.
            await EndAsync(exchange, status: 503, failure: null, cancellation).ConfigureAwait(false);
            return;
        }

        using (opened)
        {
            await RelayAsync(opened, exchange, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task RelayAsync(ServerCall opened, NodeExchange exchange, CancellationToken cancellation)
    {
        var call = opened.Call;
        using var gone = cancellation.UnsafeRegister(static state => ((ChannelCall)state!).Abort(AbortCode.Cancelled), call);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAsync(call, exchange, stop.Token);
        var answer = new Answer(call, exchange, cancellation);
        try
        {
            await answer.PassOnAsync().ConfigureAwait(false);
        }
        catch (ChannelException failure) when (!cancellation.IsCancellationRequested)
        {
            await answer.FailAsync(failure).ConfigureAwait(false);
        }
        catch (ProtocolViolationException violation) when (!sending.IsFaulted)
        {
            opened.Violate(violation);
            await EndAsync(exchange, status: 502, failure: null, cancellation).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Only the caller's own violation comes out of it.
            await sending.ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(ChannelCall call, NodeExchange exchange, CancellationToken stop)
    {
        try
        {
            bool final;
            do
            {
                var frame = await exchange.ReadAsync(stop).ConfigureAwait(false);
                final = frame.IsFinal;
                if (frame.Memory.IsEmpty)
                {
                    call.Complete();
                    return;
                }

                var block = await call.RentAsync(frame.Memory.Length, stop).ConfigureAwait(false);
                frame.Memory.Span.CopyTo(block.Memory.Span);
                var length = frame.Memory.Length;
                exchange.Release(frame);
                call.Send(FrameKind.Data, block, length, final);
            } while (!final);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ChannelException)
        {
            call.Abort(AbortCode.Cancelled);
        }
    }

    private static ValueTask EndAsync(NodeExchange exchange, int status, GrpcFailure? failure, CancellationToken cancellation) =>
        exchange.EndAsync(
            new GrpcResponseEnd
            {
                Head = new GrpcResponseHead { Status = status, Version = Http2 },
                Failure = failure,
            },
            cancellation
        );

    /// <summary>The answer's way back. Its head waits for what follows, so that a caller whose answer is complete is woken once.</summary>
    private sealed class Answer(ChannelCall call, NodeExchange exchange, CancellationToken cancellation)
    {
        private GrpcResponseHead? _waiting;
        private bool _begun;

        /// <exception cref="ProtocolViolationException">The server's guest sent what no server sends.</exception>
        public async Task PassOnAsync()
        {
            while (true)
            {
                var receiving = call.ReceiveAsync(cancellation);
                if (!receiving.IsCompleted)
                {
                    await BeginAsync().ConfigureAwait(false);
                }

                var frame = await receiving.ConfigureAwait(false);
                switch (frame.Kind)
                {
                    case FrameKind.Head:
                        _waiting = HeadOf(HttpResponseHead.Read(frame.Memory.Span));
                        break;
                    case FrameKind.Trailers:
                        await EndAsync(HttpTrailers.Read(frame.Memory.Span).Fields).ConfigureAwait(false);
                        return;
                    default:
                        await CopyAsync(frame).ConfigureAwait(false);
                        break;
                }

                if (frame.IsFinal)
                {
                    await EndAsync([]).ConfigureAwait(false);
                    return;
                }
            }
        }

        /// <summary>The server's program failed, took too long or is gone.</summary>
        public ValueTask FailAsync(ChannelException failure) =>
            _begun || failure.Code is AbortCode.Failed or AbortCode.Cancelled
                ? EndAsync(ResetBy(failure.Code == AbortCode.Cancelled ? 8 : InternalError))
                : NodeUpstream.EndAsync(exchange, failure.Code == AbortCode.DeadlineExceeded ? 504 : 502, failure: null, cancellation);

        private static GrpcResponseHead HeadOf(HttpResponseHead head)
        {
            if (head.Status is < 100 or > 999)
            {
                throw new ProtocolViolationException($"status {head.Status}");
            }

            return new GrpcResponseHead
            {
                Status = head.Status,
                Version = Http2,
                ContentType = head.Headers.FirstOrDefault(static field => IsContentType(field.Key)).Value,
                Headers = [.. head.Headers.Where(static field => !IsContentType(field.Key))],
            };
        }

        private static bool IsContentType(string name) => name.Equals("content-type", StringComparison.OrdinalIgnoreCase);

        private static GrpcFailure ResetBy(int code) =>
            FailureReport.Of(
                new HttpProtocolException(
                    code,
                    string.Create(CultureInfo.InvariantCulture, $"The HTTP/2 server reset the stream. HTTP/2 error code 0x{code:x}."),
                    innerException: null
                )
            );

        private async ValueTask BeginAsync()
        {
            if (_waiting is { } head)
            {
                _waiting = null;
                _begun = true;
                await exchange.BeginAsync(head, cancellation).ConfigureAwait(false);
            }
        }

        private async ValueTask CopyAsync(ChannelFrame frame)
        {
            if (!_begun && _waiting is null)
            {
                throw new ProtocolViolationException("a body before its head");
            }

            if (frame.Memory.IsEmpty)
            {
                return;
            }

            await BeginAsync().ConfigureAwait(false);
            var block = await exchange.RentAsync(frame.Memory.Length, cancellation).ConfigureAwait(false);
            frame.Memory.Span.CopyTo(block.Memory.Span);
            exchange.Send(block, frame.Memory.Length);
            call.Release(frame);
        }

        private ValueTask EndAsync(IReadOnlyList<KeyValuePair<string, string>> trailers)
        {
            if (trailers is [{ Key: ResetField, Value: var code }])
            {
                return EndAsync(ResetBy(int.TryParse(code, CultureInfo.InvariantCulture, out var number) ? number : InternalError));
            }

            return _begun || _waiting is not null
                ? exchange.EndAsync(new GrpcResponseEnd { Head = _waiting, Trailers = trailers }, cancellation)
                : throw new ProtocolViolationException("an answer without a head");
        }

        private ValueTask EndAsync(GrpcFailure failure) =>
            exchange.EndAsync(
                new GrpcResponseEnd
                {
                    Head = _begun ? null : _waiting ?? new GrpcResponseHead { Status = 200, Version = Http2 },
                    Failure = failure,
                },
                cancellation
            );
    }
}
