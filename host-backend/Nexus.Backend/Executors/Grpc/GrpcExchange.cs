using System.Buffers;
using System.Numerics;
using Nexus.Backend.Http2;
using Nexus.Backend.Http2.Hpack;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>
/// One attempt of a call at a server: the request goes from the arena to the connection, the answer from the connection's buffer into the arena, each on whatever thread
/// brings it. What the guest has no room for waits here, at most a stream's window of it.
/// </summary>
/// <param name="call">The guest's call.</param>
/// <param name="request">What it sends.</param>
/// <param name="isSingle">Whether the answer is one message, so that all of it is best told at once.</param>
/// <param name="mayRepeat">Whether it may be sent again if the server ignores it.</param>
/// <param name="cancellation">Ends the call.</param>
internal sealed class GrpcExchange(ChannelCall call, RingRequest request, bool isSingle, bool mayRepeat, CancellationToken cancellation)
    : IHttp2Receiver,
        IDisposable
{
    private const int SmallestBlock = 4 * 1024;
    private const int LargestBlock = 256 * 1024;

    private readonly object _gate = new();
    private readonly TaskCompletionSource<bool> _done = new();
    private readonly LinkedList<ArraySegment<byte>> _kept = [];
    private readonly CancellationTokenSource _over = new();
    private Http2Stream _stream = null!;
    private bool _isDelivering;
    private TaskCompletionSource? _delivered;
    private Http2Head? _head;
    private Http2Head? _trailers;
    private GrpcFailure? _failure;
    private bool _headSent;
    private bool _hasEnded;
    private bool _isOver;
    private ArenaBlock? _block;
    private int _filled;
    private int _wanted = SmallestBlock;

    private enum Step
    {
        None,
        Head,
        Block,
        Room,
        End,
    }

    /// <summary>Makes the attempt.</summary>
    /// <param name="connection">One with a place for it.</param>
    /// <param name="block">The request's headers.</param>
    /// <returns>False when the server has ignored the request and all of it can be sent again.</returns>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    /// <exception cref="Channel.ProtocolViolationException">The guest broke the rules.</exception>
    public async Task<bool> RunAsync(Http2Connection connection, HeaderBlock block)
    {
        request.Begin();
        connection.Open(block, this);
        var sending = Task.CompletedTask;
        try
        {
            using var registration = cancellation.UnsafeRegister(
                static (exchange, token) => ((GrpcExchange)exchange!)._done.TrySetCanceled(token),
                this
            );
            sending = SendAsync();
            return await _done.Task.ConfigureAwait(false);
        }
        finally
        {
            _stream.Close();
            await _over.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            await EndDeliveryAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _over.Dispose();

    public void OnOpened(Http2Stream stream) => _stream = stream;

    public void OnHeaders(Http2Head head, bool isLast)
    {
        lock (_gate)
        {
            if (_head is null)
            {
                _head = head;
            }
            else
            {
                _trailers = head;
            }

            _hasEnded |= isLast;
        }
    }

    public void OnData(ReadOnlyMemory<byte> data, bool isLast)
    {
        try
        {
            while (!Place(ref data))
            {
                // The block is full: it leaves before the rest is placed, or the rest is kept.
                Deliver();
            }
        }
        catch (ChannelException gone)
        {
            _done.TrySetException(gone);
        }

        if (isLast)
        {
            lock (_gate)
            {
                _hasEnded = true;
            }
        }
    }

    public void OnPause() => Deliver();

    public void OnFailed(Exception failure, bool wasIgnored)
    {
        lock (_gate)
        {
            if (_hasEnded || _isOver)
            {
                return;
            }

            if (_head is not null)
            {
                _failure = FailureReport.Of(Http2Failures.InAnswer(failure));
                _hasEnded = true;
            }
        }

        if (_failure is not null)
        {
            Deliver();
        }
        else if (wasIgnored && mayRepeat && request.TryRepeat())
        {
            _done.TrySetResult(false);
        }
        else
        {
            _done.TrySetException(wasIgnored ? Http2Failures.Ignored(failure) : Http2Failures.Unsent(failure));
        }
    }

    private async Task SendAsync()
    {
        try
        {
            if (request.StartsAtOnce)
            {
                _stream.Flush();
            }

            var frame = await request.FirstAsync(_over.Token).ConfigureAwait(false);
            await WriteAsync(frame).ConfigureAwait(false);
            while (!frame.IsFinal && request.TrySpend())
            {
                request.Release(frame);
                frame = await request.NextAsync(_over.Token).ConfigureAwait(false);
                await WriteAsync(frame).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The stream is over: whoever ended it has said why.
        }
        catch (Exception failure)
        {
            _done.TrySetException(failure);
        }
    }

    private ValueTask WriteAsync(ChannelFrame frame) =>
        frame.Memory.IsEmpty && !frame.IsFinal ? default : _stream.WriteAsync(frame.Memory, frame.IsFinal);

    /// <summary>Puts data into the block that is being filled, or keeps it when that has to wait for something.</summary>
    /// <returns>False when the block has to leave first.</returns>
    private bool Place(ref ReadOnlyMemory<byte> data)
    {
        lock (_gate)
        {
            if (_isOver || data.IsEmpty)
            {
                return true;
            }

            var waits = _isDelivering || _kept.Count > 0;
            if (!waits && _block is null && call.TryRent(Math.Max(_wanted, Math.Min(data.Length, LargestBlock)), out var block))
            {
                (_block, _filled) = (block, 0);
            }

            if (waits || _block is null)
            {
                Keep(data);
                return true;
            }

            var part = data[..Math.Min(data.Length, _block.Value.Memory.Length - _filled)];
            part.CopyTo(_block.Value.Memory[_filled..]);
            _filled += part.Length;
            _stream.Use(part.Length, keepsUp: true);
            data = data[part.Length..];
            return data.IsEmpty;
        }
    }

    /// <summary>However small the pieces are that a server sends, what is kept of them is little more than their bytes.</summary>
    private void Keep(ReadOnlyMemory<byte> data)
    {
        if (_kept.Last is { } last)
        {
            var (array, end) = (last.Value.Array!, last.Value.Offset + last.Value.Count);
            var part = data[..Math.Min(data.Length, array.Length - end)];
            part.CopyTo(array.AsMemory(end));
            last.Value = new ArraySegment<byte>(array, last.Value.Offset, last.Value.Count + part.Length);
            data = data[part.Length..];
        }

        if (!data.IsEmpty)
        {
            var kept = ArrayPool<byte>.Shared.Rent(Math.Max(data.Length, SmallestBlock));
            data.CopyTo(kept);
            _kept.AddLast(new ArraySegment<byte>(kept, 0, data.Length));
        }
    }

    /// <summary>Passes on what there is, unless that is being done.</summary>
    private void Deliver()
    {
        lock (_gate)
        {
            if (_isDelivering || _isOver)
            {
                return;
            }

            _isDelivering = true;
        }

        _ = DeliverAsync();
    }

    private async Task DeliverAsync()
    {
        Exception? failure = null;
        var isAnswered = false;
        try
        {
            while (!isAnswered && TakeStep() is var step and not Step.None)
            {
                switch (step)
                {
                    case Step.Head:
                        _headSent = true;
                        await call.SendAsync(FrameKind.Head, Head(_head!), final: false, _over.Token).ConfigureAwait(false);
                        break;
                    case Step.Block:
                        SendBlock();
                        break;
                    case Step.Room:
                        await FillAsync().ConfigureAwait(false);
                        break;
                    case Step.End:
                    default:
                        await call.SendAsync(FrameKind.Trailers, End(), final: true, _over.Token).ConfigureAwait(false);
                        isAnswered = true;
                        break;
                }
            }
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        if (failure is not null || isAnswered)
        {
            EndSteps();
        }

        if (failure is not null)
        {
            _done.TrySetException(failure);
        }
        else if (isAnswered)
        {
            _done.TrySetResult(true);
        }
    }

    private Step TakeStep()
    {
        lock (_gate)
        {
            var isComplete = _hasEnded && _kept.Count == 0;
            var step =
                _isOver || _head is null ? Step.None
                // An answer of one message that is here to its end brings its head along in the end: the guest is told once.
                : !_headSent && !(isComplete && isSingle) ? Step.Head
                : _block is { } block && (_kept.Count == 0 || _filled == block.Memory.Length) ? Step.Block
                : _kept.Count > 0 ? Step.Room
                : _hasEnded ? Step.End
                : Step.None;
            if (step == Step.None)
            {
                EndSteps();
            }

            return step;
        }
    }

    private void EndSteps()
    {
        lock (_gate)
        {
            _isDelivering = false;
            _delivered?.TrySetResult();
        }
    }

    private void SendBlock()
    {
        var block = _block!.Value;
        // Half-empty blocks would use the call's window up.
        var isFull = _filled == block.Memory.Length;
        _wanted = Math.Clamp(isFull ? _filled * 2 : (int)BitOperations.RoundUpToPowerOf2((uint)_filled), SmallestBlock, LargestBlock);
        _block = null;
        call.Send(FrameKind.Data, block, _filled, final: false);
    }

    /// <summary>Waits for room in the guest's arena, and moves there what was kept.</summary>
    private async ValueTask FillAsync()
    {
        if (_block is null)
        {
            var block = await call.RentAsync(_wanted, _over.Token).ConfigureAwait(false);
            (_block, _filled) = (block, 0);
        }

        lock (_gate)
        {
            var room = _block.Value.Memory[_filled..];
            while (!room.IsEmpty && _kept.First is { } first)
            {
                var kept = first.Value;
                var part = kept.AsMemory()[..Math.Min(kept.Count, room.Length)];
                part.CopyTo(room);
                room = room[part.Length..];
                _filled += part.Length;
                if (part.Length < kept.Count)
                {
                    first.Value = kept[part.Length..];
                }
                else
                {
                    _kept.RemoveFirst();
                    ArrayPool<byte>.Shared.Return(kept.Array!);
                }

                _stream.Use(part.Length, keepsUp: false);
            }
        }

        _stream.Flush();
    }

    private async ValueTask EndDeliveryAsync()
    {
        Task? delivered;
        lock (_gate)
        {
            _isOver = true;
            _delivered = _isDelivering ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
            delivered = _delivered?.Task;
        }

        await (delivered ?? Task.CompletedTask).ConfigureAwait(false);
        lock (_gate)
        {
            if (_block is { } block)
            {
                call.Return(block);
                _block = null;
            }

            foreach (var kept in _kept)
            {
                ArrayPool<byte>.Shared.Return(kept.Array!);
            }

            _kept.Clear();
        }
    }

    private GrpcResponseEnd End() =>
        new()
        {
            Head = _headSent ? null : Head(_head!),
            Failure = _failure,
            Trailers = _failure is null && _trailers is not null ? _trailers.Fields : [],
        };

    private static GrpcResponseHead Head(Http2Head head) =>
        new()
        {
            Status = head.Status,
            Version = 20,
            ContentType = ContentHeaders.TypeOf(head.Fields),
            Headers = ContentHeaders.Without(head.Fields),
        };
}
