using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Nexus.Channel;

/// <summary>
/// One call, seen from either end: what this end sends, what it receives, and how it ends. Sending never blocks; only
/// <see cref="RentAsync"/> waits, for room in this end's arena. One reader at a time. Dispose it when done: what is unfinished is aborted, frames that were
/// not released and blocks that were not sent are given back, so nobody may touch them any more.
/// </summary>
public sealed class ChannelCall : IValueTaskSource<ChannelFrame>, IThreadPoolWorkItem, IDisposable
{
    private readonly Queue<ChannelFrame> _received = new(2);
    private readonly List<ChannelFrame> _taken = [];
    private ManualResetValueTaskSourceCore<ChannelFrame> _receiver;
    private CancellationTokenSource? _aborted;
    private CancellationTokenRegistration _receiveCancellation;
    private bool _receiving;
    private Exception? _failure;
    private ChannelFrame _result;
    private Exception? _resultFailure;
    private bool _started;
    private bool _disposed;
    private bool _ended;
    private bool _headSeen;
    private bool _payloadSeen;
    private bool _trailersSeen;
    private bool _abortSeen;

    internal ChannelCall(
        ChannelPeer peer,
        uint id,
        ushort protocol,
        ReadOnlyMemory<byte> head,
        long deadline,
        bool incoming,
        bool ended = false
    )
    {
        _ended = ended;
        RemoteFinal = ended;
        Peer = peer;
        Id = id;
        Protocol = protocol;
        Head = head;
        Deadline = deadline;
        IsIncoming = incoming;
        Epoch = peer.Epoch;
        peer.Region.AddReference();
    }

    /// <summary>The call's number within its channel.</summary>
    public uint Id { get; }

    /// <summary>Which <see cref="Messages.ChannelProtocol"/> the head is of.</summary>
    public ushort Protocol { get; }

    /// <summary>An incoming call's head: a private copy. Empty for an outgoing one.</summary>
    public ReadOnlyMemory<byte> Head { get; }

    /// <summary>When the call must be over, in <see cref="Stopwatch"/> ticks; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; private set; }

    public bool IsIncoming { get; }

    /// <summary>Time left to the deadline, at least zero; <see cref="Timeout.InfiniteTimeSpan"/> for none.</summary>
    public TimeSpan Remaining => Until(Deadline);

    /// <summary>Cancelled when the peer aborts the call, the session ends or the instance dies.</summary>
    public CancellationToken Aborted
    {
        get
        {
            lock (_received)
            {
                if (_aborted is null)
                {
                    _aborted = new CancellationTokenSource();
                    if (_failure is not null)
                    {
                        _aborted.Cancel();
                    }
                }

                return _aborted.Token;
            }
        }
    }

    /// <summary>Gives this end's waiting more or less time from now; the other end keeps the deadline it was told.</summary>
    /// <param name="remaining">Time from now; infinite for no deadline.</param>
    public void ResetDeadline(TimeSpan remaining) => Deadline = DeadlineWatch.After(remaining);

    /// <summary>False once the session this call belongs to is over: memory received from the peer may have been reused.</summary>
    public bool IsCurrent => Epoch == Peer.Epoch && !Peer.IsClosed;

    /// <summary>The end this call belongs to.</summary>
    public ChannelPeer Peer { get; }

    /// <summary>Bytes of this end's arena that the call may hold at most, besides its first block; a quarter of the arena unless set to less.</summary>
    public int Window { get; set; } = int.MaxValue;

    internal int Epoch { get; }

    /// <summary>Bytes of this end's arena the call holds; guarded by the peer's gate.</summary>
    internal int HeldBytes { get; set; }

    /// <summary>Blocks rented and neither sent nor returned; guarded by the peer's gate.</summary>
    internal int RentedBlocks { get; set; }

    /// <summary>Guarded by the peer's gate.</summary>
    internal bool LocalFinal { get; set; }

    /// <summary>Guarded by the peer's gate.</summary>
    internal bool RemoteFinal { get; set; }

    /// <summary>True once the peer was told of a call opened here; guarded by the peer's gate.</summary>
    internal bool IsOpen { get; set; }

    /// <summary>True once it was disposed of; guarded by the peer's gate.</summary>
    internal bool IsLeft { get; set; }

    /// <summary>Guarded by the peer's gate.</summary>
    internal bool AbortSent { get; set; }

    /// <summary>A block to write into, of at least <paramref name="bytes"/> (0 to 1 MiB). Waits while the call's window or the arena is used up.</summary>
    /// <exception cref="ChannelException">The call or the session ended.</exception>
    public ValueTask<ArenaBlock> RentAsync(int bytes, CancellationToken cancellationToken = default) =>
        Peer.RentAsync(this, bytes, cancellationToken);

    /// <summary>A block if there is room for it at once: for writers that must not wait.</summary>
    /// <param name="bytes">0 to 1 MiB.</param>
    /// <param name="block">The block.</param>
    /// <returns>False while the call's window or the arena is used up.</returns>
    /// <exception cref="ChannelException">The call or the session ended.</exception>
    public bool TryRent(int bytes, out ArenaBlock block) => Peer.TryRentNow(this, bytes, out block);

    /// <summary>Gives an unused block back.</summary>
    public void Return(ArenaBlock block) => Peer.Return(this, block);

    /// <summary>Sends the first <paramref name="length"/> bytes of a block. After the final frame, or once the call is over, the block is only returned.</summary>
    public void Send(FrameKind kind, ArenaBlock block, int length, bool final) => Peer.Send(this, kind, block, length, final, ring: true);

    /// <summary>As <see cref="Send"/>, but the doorbell is left to the next frame, which the caller sends without waiting for anything.</summary>
    public void SendSilently(FrameKind kind, ArenaBlock block, int length) =>
        Peer.Send(this, kind, block, length, final: false, ring: false);

    /// <summary>Writes a message into the arena and sends it.</summary>
    public async ValueTask SendAsync<TMessage>(FrameKind kind, TMessage message, bool final, CancellationToken cancellationToken = default)
        where TMessage : IChannelMessage
    {
        var block = await RentAsync(message.MaxBytes, cancellationToken).ConfigureAwait(false);
        Send(kind, block, Peer.WriteMessage(this, message, block), final);
    }

    /// <summary>As <see cref="SendAsync"/>, but the doorbell is left to the next frame, which the caller sends without waiting for anything.</summary>
    public async ValueTask SendSilentlyAsync<TMessage>(FrameKind kind, TMessage message, CancellationToken cancellationToken = default)
        where TMessage : IChannelMessage
    {
        var block = await RentAsync(message.MaxBytes, cancellationToken).ConfigureAwait(false);
        SendSilently(kind, block, Peer.WriteMessage(this, message, block));
    }

    /// <summary>Ends this end's direction without more payload.</summary>
    public void Complete() => Peer.SendControl(this, FrameKind.Data, AbortCode.None);

    /// <summary>
    /// Ends this end's direction abnormally. The opener may do so even after its final frame, which takes the request back; otherwise nothing happens if
    /// the direction has ended already.
    /// </summary>
    public void Abort(AbortCode code) => Peer.SendControl(this, FrameKind.Abort, code);

    /// <summary>
    /// The next frame; after the final one, empty final frames. Cancelling the token only ends the wait.
    /// </summary>
    /// <exception cref="ChannelException">The peer aborted, the deadline passed or the session was lost.</exception>
    public ValueTask<ChannelFrame> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        lock (_received)
        {
            if (_receiving)
            {
                throw new InvalidOperationException("A call has one reader at a time.");
            }

            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_received.TryDequeue(out var frame))
            {
                NoteTaken(frame);
                return new ValueTask<ChannelFrame>(frame);
            }

            if (_failure is not null)
            {
                return ValueTask.FromException<ChannelFrame>(_failure);
            }

            if (_ended)
            {
                return new ValueTask<ChannelFrame>(new ChannelFrame(FrameKind.Data, final: true, default, 0, held: false));
            }

            if (cancellationToken.IsCancellationRequested)
            {
                return ValueTask.FromCanceled<ChannelFrame>(cancellationToken);
            }

            _receiver.Reset();
            _receiving = true;
        }

        var version = _receiver.Version;
        if (cancellationToken.CanBeCanceled)
        {
            _receiveCancellation = cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var (call, version) = ((ChannelCall, short))state!;
                    call.CancelReceive(version, token);
                },
                (this, version)
            );
        }

        return new ValueTask<ChannelFrame>(this, version);
    }

    /// <summary>Gives a received frame's memory back to the peer; nothing happens if that was done before.</summary>
    public void Release(in ChannelFrame frame)
    {
        if (!frame.IsHeld)
        {
            return;
        }

        lock (_received)
        {
            var offset = frame.Offset;
            var index = _taken.FindIndex(taken => taken.Offset == offset);
            if (index < 0)
            {
                return;
            }

            _taken.RemoveAt(index);
        }

        Peer.ReleaseReceived(this, frame);
    }

    public void Dispose()
    {
        ChannelFrame[] taken;
        bool ready;
        lock (_received)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            taken = [.. _taken];
            _taken.Clear();
            ready = _receiving && FinishReceiveLocked(default, new ObjectDisposedException(nameof(ChannelCall)));
        }

        foreach (var frame in taken)
        {
            Peer.ReleaseReceived(this, frame);
        }

        ReleaseQueue();
        Abort(AbortCode.Cancelled);
        Peer.Leave(this);
        Peer.Region.ReleaseReference();
        if (ready)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    ChannelFrame IValueTaskSource<ChannelFrame>.GetResult(short token)
    {
        _receiveCancellation.Dispose();
        _receiveCancellation = default;
        return _receiver.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ChannelFrame>.GetStatus(short token) => _receiver.GetStatus(token);

    void IValueTaskSource<ChannelFrame>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags
    ) => _receiver.OnCompleted(continuation, state, token, flags);

    /// <summary>Runs what the drain made ready: a new call's handler, or the continuation of the waiting reader.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (IsIncoming && !_started)
        {
            _started = true;
            Peer.StartHandler(this);
            return;
        }

        if (_resultFailure is null)
        {
            _receiver.SetResult(_result);
        }
        else
        {
            _receiver.SetException(_resultFailure);
        }
    }

    /// <summary>Called by the drain; true when a waiting reader became ready and <see cref="IThreadPoolWorkItem.Execute"/> must run.</summary>
    internal bool Deliver(in ChannelFrame frame)
    {
        var dropped = false;
        var ready = false;
        lock (_received)
        {
            _ended |= frame.IsFinal;
            if (_disposed || _failure is not null)
            {
                dropped = true;
            }
            else if (_receiving)
            {
                ready = FinishReceiveLocked(frame, exception: null);
            }
            else
            {
                _received.Enqueue(frame);
            }
        }

        if (dropped && frame.IsHeld)
        {
            Peer.ReleaseReceived(this, frame);
        }

        return ready;
    }

    /// <summary>Time left to a deadline in <see cref="Stopwatch"/> ticks.</summary>
    internal static TimeSpan Until(long deadline)
    {
        if (deadline == long.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = deadline - Stopwatch.GetTimestamp();
        return left <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(left / (double)Stopwatch.Frequency);
    }

    /// <summary>
    /// Whether the peer may send such a frame now: one head before any payload, by the responder only; one trailers frame, with nothing but an empty final one
    /// after it; nothing after the final one but the opener's abort. Copies of heads are thereby bounded per call. Called under the peer's gate.
    /// </summary>
    /// <exception cref="ProtocolViolationException">It may not.</exception>
    internal void CheckOrder(FrameKind kind, bool held)
    {
        var inOrder = kind switch
        {
            FrameKind.Abort => !_abortSeen && (IsIncoming || !RemoteFinal),
            _ when RemoteFinal => false,
            FrameKind.Head => !IsIncoming && !_headSeen && !_payloadSeen && !_trailersSeen,
            FrameKind.Trailers => !_trailersSeen,
            _ => !held || !_trailersSeen,
        };
        if (!inOrder)
        {
            throw new ProtocolViolationException($"{kind} frame out of order in call {Id:x}");
        }

        _headSeen |= kind == FrameKind.Head;
        _payloadSeen |= held;
        _trailersSeen |= kind == FrameKind.Trailers;
        _abortSeen |= kind == FrameKind.Abort;
    }

    internal void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Ends the call from outside: abort by the peer, deadline, lost session. True when a reader became ready.</summary>
    /// <param name="code">How it ends.</param>
    /// <param name="message">For the exception.</param>
    /// <param name="afterReceived">True when what has been received already is still the reader's: what was sent before the peer failed.</param>
    internal bool Fail(AbortCode code, string message, bool afterReceived = false)
    {
        CancellationTokenSource? aborted;
        bool ready;
        lock (_received)
        {
            if (_failure is not null || _disposed)
            {
                return false;
            }

            _failure = new ChannelException(code, message);
            aborted = _aborted;
            ready = _receiving && FinishReceiveLocked(default, _failure);
        }

        if (!afterReceived)
        {
            ReleaseQueue();
        }

        if (aborted is not null)
        {
            // Callbacks are the users' own; they must not run on the thread that drains every instance's ring.
            ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), aborted, preferLocal: false);
        }

        return ready;
    }

    private void CancelReceive(short version, CancellationToken token)
    {
        lock (_received)
        {
            if (!_receiving || _receiver.Version != version)
            {
                return;
            }

            FinishReceiveLocked(default, new OperationCanceledException(token));
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool FinishReceiveLocked(in ChannelFrame frame, Exception? exception)
    {
        NoteTaken(frame);
        _result = frame;
        _resultFailure = exception;
        _receiving = false;
        return true;
    }

    private void ReleaseQueue()
    {
        while (true)
        {
            ChannelFrame frame;
            lock (_received)
            {
                if (!_received.TryDequeue(out frame))
                {
                    return;
                }
            }

            if (frame.IsHeld)
            {
                Peer.ReleaseReceived(this, frame);
            }
        }
    }

    private void NoteTaken(in ChannelFrame frame)
    {
        if (frame.IsHeld)
        {
            _taken.Add(frame);
        }
    }
}
