using Nexus.Channel.Messages;

namespace Nexus.Channel;

/// <summary>
/// One end of a channel: its session, its calls, and the two halves that send and receive. Sends under one lock (the gate), receives on whichever
/// thread drains (one at a time). The peer is taken for hostile: a descriptor is copied once and everything in it checked against this end's own state; the first
/// violation closes the channel. Lock order: gate, then a call's own lock; doorbells are rung outside both.
/// </summary>
public sealed class ChannelPeer : IDisposable
{
    private const string BlockIsGone = "A block is sent or returned once, before its call is disposed of.";
    private readonly object _gate = new();
    private readonly ChannelRole _role;
    private readonly Doorbell _peerDoorbell;
    private readonly Doorbell _ownDoorbell;
    private readonly Action<ChannelCall> _onCall;
    private readonly RingConsumer _consumer;
    private readonly CallTables _calls;
    private readonly FrameSender _sender;
    private readonly SendArena _arena;
    private readonly FrameReceiver _receiver;
    private readonly DeadlineWatch _deadlines;
    private readonly long _ownArenaOffset;
    private readonly Func<bool>? _inSession;
    private volatile bool _closed;
    private volatile bool _joined;
    private int _draining;
    private uint _session;

    /// <summary>Creates an end. <paramref name="onCall"/> starts the work of an incoming call and must not block.</summary>
    /// <param name="region">The mapped region; this peer takes the caller's reference over.</param>
    /// <param name="role">Which end this is.</param>
    /// <param name="peerDoorbell">Wakes the other end.</param>
    /// <param name="ownDoorbell">Wakes this end's own pump.</param>
    /// <param name="onCall">Called on the draining thread or the pool for each new call.</param>
    /// <param name="takeOver">True for a backend that adopts an instance of an earlier backend.</param>
    public ChannelPeer(
        ChannelRegion region,
        ChannelRole role,
        Doorbell peerDoorbell,
        Doorbell ownDoorbell,
        Action<ChannelCall> onCall,
        bool takeOver = false
    )
    {
        Region = region;
        _role = role;
        _peerDoorbell = peerDoorbell;
        _ownDoorbell = ownDoorbell;
        _onCall = onCall;
        var options = region.Options;
        var toBackend = (Control: ChannelLayout.ToBackendControlOffset, Ring: ChannelLayout.ToBackendRingOffset);
        var toGuest = (Control: ChannelLayout.ToGuestControlOffset, Ring: ChannelLayout.ToGuestRingOffset(options));
        var toBackendArena = ChannelLayout.ToBackendArenaOffset(options);
        var toGuestArena = ChannelLayout.ToGuestArenaOffset(options);
        var isGuest = role == ChannelRole.Guest;
        var (output, input) = isGuest ? (toBackend, toGuest) : (toGuest, toBackend);
        (_ownArenaOffset, var peerArenaOffset) = isGuest ? (toBackendArena, toGuestArena) : (toGuestArena, toBackendArena);
        _consumer = new RingConsumer(region, input.Control, input.Ring);
        _calls = new CallTables(role);
        _sender = new FrameSender(new RingProducer(region, output.Control, output.Ring), _consumer, options);
        _arena = new SendArena(new ArenaMemory(region, _ownArenaOffset, options.ArenaBytes), options.ArenaBytes, _sender);
        var peerArena = new ArenaMemory(region, peerArenaOffset, options.ArenaBytes);
        _receiver = new FrameReceiver(this, _gate, _consumer, peerArena, _calls, _arena, _sender);
        _deadlines = new DeadlineWatch(_gate, _calls, _arena);
        if (isGuest)
        {
            _inSession = () => Region.Load32(ChannelLayout.BackendSessionOffset) == _session;
            JoinSession();
        }
        else
        {
            StartSession(takeOver);
        }
    }

    /// <summary>Raised once, on the thread that drains, when the peer broke the protocol.</summary>
    public event Action<ProtocolViolationException>? Violated;

    /// <summary>Raised on a guest's draining thread after it joined a new backend's session.</summary>
    public event Action? SessionRestarted;

    public ChannelRegion Region { get; }

    public bool IsClosed => _closed;

    /// <summary>Bytes this end copied between private memory and the arena, besides heads; the benchmark divides it by the payload.</summary>
    public long BytesCopied { get; private set; }

    /// <summary>Payload bytes sent and received.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Bytes of this end's arena in use, blocks the peer holds included.</summary>
    public int ArenaBytesInUse
    {
        get
        {
            lock (_gate)
            {
                return _arena.UsedBytes;
            }
        }
    }

    /// <summary>Calls in flight, both ways.</summary>
    public int CallsInFlight
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>True when frames wait to be drained, or the session changed.</summary>
    public bool HasIncoming
    {
        get
        {
            if (!TryEnter())
            {
                return false;
            }

            var incoming = HasIncomingEntered;
            Exit();
            return incoming;
        }
    }

    internal int Epoch { get; private set; }

    /// <summary>As <see cref="HasIncoming"/>, between <see cref="TryEnter"/> and <see cref="Exit"/>.</summary>
    internal bool HasIncomingEntered
    {
        get
        {
            if (_role == ChannelRole.Guest)
            {
                // 0: a backend is taking the region over; its doorbell says when it is done.
                var session = Region.Load32(ChannelLayout.BackendSessionOffset);
                return session == _session ? _consumer.HasFrames : session != 0;
            }

            return _joined ? _consumer.HasFrames : GuestHasJoined;
        }
    }

    private bool GuestHasJoined => Region.Load32(ChannelLayout.GuestSessionOffset) == _session;

    /// <summary>Opens a call with its head; <paramref name="final"/> when no payload follows.</summary>
    /// <param name="protocol">One of <see cref="ChannelProtocol"/>.</param>
    /// <param name="head">The head; at most 64 KiB.</param>
    /// <param name="timeout">The call's deadline from now; null for none. At most 30 days.</param>
    /// <param name="final">True when the head is all this end sends.</param>
    /// <param name="cancellationToken">Ends the wait for a free slot or for arena space.</param>
    /// <exception cref="ChannelException">The session ended, or the deadline passed before there was room.</exception>
    /// <exception cref="ArgumentException">The head is larger than 64 KiB.</exception>
    public ValueTask<ChannelCall> OpenAsync<TMessage>(
        ushort protocol,
        TMessage head,
        TimeSpan? timeout,
        bool final,
        CancellationToken cancellationToken = default
    )
        where TMessage : IChannelMessage => OpenAsync(protocol, head, timeout, final, ring: true, cancellationToken);

    /// <summary>
    /// As <c>OpenAsync</c>, but the doorbell is left to the first payload, so that the peer wakes once: for callers that wait for nothing but
    /// room before they send it.
    /// </summary>
    public ValueTask<ChannelCall> OpenSilentlyAsync<TMessage>(
        ushort protocol,
        TMessage head,
        TimeSpan? timeout,
        CancellationToken cancellationToken = default
    )
        where TMessage : IChannelMessage => OpenAsync(protocol, head, timeout, final: false, ring: false, cancellationToken);

    private async ValueTask<ChannelCall> OpenAsync<TMessage>(
        ushort protocol,
        TMessage head,
        TimeSpan? timeout,
        bool final,
        bool ring,
        CancellationToken cancellationToken
    )
        where TMessage : IChannelMessage
    {
        cancellationToken.ThrowIfCancellationRequested();
        var deadline = DeadlineWatch.After(timeout);
        ChannelCall? call;
        while (!TryReserve(protocol, deadline, out call, out var space))
        {
            await WaitAsync(space, deadline, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var block = await RentAsync(call, head.MaxBytes, cancellationToken).ConfigureAwait(false);
            SendOpen(call, block, WriteMessage(call, head, block), final, ring);
            return call;
        }
        catch
        {
            Forget(call);
            call.Dispose();
            throw;
        }
    }

    /// <summary>Reads every frame there is and collects what became ready to run. At most one thread drains; the others return at once.</summary>
    /// <returns>False when another thread was at it, which then sees what is there.</returns>
    public bool Drain(List<IThreadPoolWorkItem> ready)
    {
        if (!TryEnter())
        {
            return true;
        }

        try
        {
            if (Interlocked.Exchange(ref _draining, 1) != 0)
            {
                return false;
            }

            try
            {
                DrainEntered(ready);
            }
            finally
            {
                Volatile.Write(ref _draining, 0);
            }

            return true;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Before sleeping: asks for a doorbell. False when there is work, so do not sleep.</summary>
    public bool Arm()
    {
        if (!TryEnter())
        {
            return true;
        }

        // The order matters: whoever starves, or sends, after this looks at the flag; who did before is seen below.
        _consumer.Arm();
        ChannelSignals signals;
        lock (_gate)
        {
            // Room made while this thread still drained: the doorbell for it woke one that found the drain taken and left.
            _sender.FlushOverflow();
            // Without a call in flight there is no next frame for released blocks to ride on.
            if (_calls.Count == 0 || _consumer.ProducerStarved)
            {
                _sender.FlushReleases();
            }

            signals = _sender.TakeSignals();
        }

        var work = HasIncomingEntered && !_closed;
        if (work)
        {
            _consumer.Disarm();
        }

        Exit();
        Signal(signals);
        return !work;
    }

    /// <summary>While polling: no doorbells, please.</summary>
    public void Disarm()
    {
        if (TryEnter())
        {
            _consumer.Disarm();
            Exit();
        }
    }

    /// <summary>Makes this end's own pump look again.</summary>
    public void WakeOwnPump() => _ownDoorbell.Ring();

    /// <summary>Moves the backend's heartbeat; a guest that sees it stand still for long ends itself.</summary>
    public void Beat()
    {
        if (TryEnter())
        {
            Region.Store64(ChannelLayout.BackendHeartbeatOffset, Region.Load64(ChannelLayout.BackendHeartbeatOffset) + 1);
            Exit();
        }
    }

    /// <summary>The backend's heartbeat as last seen; 0 once closed.</summary>
    public ulong ReadHeartbeat()
    {
        if (!TryEnter())
        {
            return 0;
        }

        var heartbeat = Region.Load64(ChannelLayout.BackendHeartbeatOffset);
        Exit();
        return heartbeat;
    }

    /// <summary>When nothing is in flight: gives the arena's pages back to the node, all but the first 64 KiB that the next call will use.</summary>
    /// <returns>Bytes given back.</returns>
    public int DiscardIdlePages()
    {
        const int keep = 64 * 1024;
        // The last blocks may have been given back silently.
        DrainToPool();
        lock (_gate)
        {
            if (_closed || _arena.UsedBytes != 0 || _arena.HighWater <= keep)
            {
                return 0;
            }

            var bytes = _arena.HighWater - keep;
            Region.Discard(_ownArenaOffset + keep, bytes);
            _arena.ForgetHighWater();
            return bytes;
        }
    }

    /// <summary>Counts bytes a stub had to copy into or out of the arena.</summary>
    public void CountCopied(long bytes)
    {
        lock (_gate)
        {
            BytesCopied += bytes;
        }
    }

    /// <summary>Ends the channel: every call fails, the mapping goes when the last call lets go.</summary>
    public void Dispose()
    {
        var ready = new List<IThreadPoolWorkItem>();
        Close(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With("channel closed").Message, ready);
        RunOnPool(ready);
    }

    /// <summary>Keeps the mapping until <see cref="Exit"/>; false once the channel is closed.</summary>
    internal bool TryEnter()
    {
        if (_closed || !Region.TryAddReference())
        {
            return false;
        }

        if (_closed)
        {
            Region.ReleaseReference();
            return false;
        }

        return true;
    }

    internal void Exit() => Region.ReleaseReference();

    internal void StartHandler(ChannelCall call) => _onCall(call);

    /// <summary>Writes a message into a block, which is returned should that fail.</summary>
    internal int WriteMessage<TMessage>(ChannelCall call, TMessage message, ArenaBlock block)
        where TMessage : IChannelMessage
    {
        try
        {
            var writer = new MessageWriter(block.Memory.Span);
            message.Write(ref writer);
            return writer.Length <= ChannelLayout.MaxHeadBytes
                ? writer.Length
                : throw new ArgumentException(
                    $"A message of {writer.Length} bytes; {ChannelLayout.MaxHeadBytes} is the most.",
                    nameof(message)
                );
        }
        catch
        {
            Return(call, block);
            throw;
        }
    }

    internal ValueTask<ArenaBlock> RentAsync(ChannelCall call, int bytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (TryRent(call, bytes, out var block))
            {
                return new ValueTask<ArenaBlock>(block);
            }
        }

        return RentSlowAsync(call, bytes, cancellationToken);
    }

    internal bool TryRentNow(ChannelCall call, int bytes, out ArenaBlock block)
    {
        lock (_gate)
        {
            return TryRent(call, bytes, out block);
        }
    }

    internal void Return(ChannelCall call, ArenaBlock block)
    {
        lock (_gate)
        {
            if (!_closed && !_arena.TryReturn(call, block) && !call.IsLeft)
            {
                throw new InvalidOperationException(BlockIsGone);
            }
        }
    }

    internal void Send(ChannelCall call, FrameKind kind, ArenaBlock block, int length, bool final, bool ring)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)block.Memory.Length);
        ChannelSignals signals;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            if ((length == 0 || !CanSend(call)) && !_arena.TryReturn(call, block) && !call.IsLeft)
            {
                throw new InvalidOperationException(BlockIsGone);
            }

            // An empty block of payload says nothing, unless it is the last.
            if (CanSend(call) && (length > 0 || final || kind != FrameKind.Data))
            {
                PayloadBytes += kind == FrameKind.Data ? length : 0;
                Publish(call, new FrameDescriptor { Kind = kind, Length = (uint)length }, block, final);
            }

            signals = ring ? _sender.TakeSignals() : ChannelSignals.None;
        }

        Signal(signals);
    }

    internal void SendControl(ChannelCall call, FrameKind kind, AbortCode code)
    {
        ChannelSignals signals;
        lock (_gate)
        {
            if (_closed || !(kind == FrameKind.Abort ? CanAbort(call) : CanSend(call)))
            {
                return;
            }

            call.AbortSent |= kind == FrameKind.Abort;
            Publish(call, new FrameDescriptor { Kind = kind, Code = (ushort)code }, block: default, final: true);
            signals = _sender.TakeSignals();
        }

        Signal(signals);
    }

    internal void ReleaseReceived(ChannelCall call, in ChannelFrame frame)
    {
        ChannelSignals signals;
        lock (_gate)
        {
            if (_closed || call.Epoch != Epoch)
            {
                return;
            }

            _sender.Release(frame.Offset, frame.Memory.Length);
            signals = _sender.TakeSignals();
        }

        Signal(signals);
    }

    /// <summary>A call was disposed of: what it rented comes back, and after the last call there is no next frame for released blocks to ride on.</summary>
    internal void Leave(ChannelCall call)
    {
        ChannelSignals signals;
        lock (_gate)
        {
            call.IsLeft = true;
            if (_closed)
            {
                return;
            }

            _arena.ReturnAll(call);
            _arena.SpaceFreed();
            if (_calls.Count == 0)
            {
                _sender.FlushReleases();
            }

            signals = _sender.TakeSignals();
        }

        Signal(signals);
    }

    /// <summary>Called under the gate.</summary>
    internal void CountPayload(uint bytes) => PayloadBytes += bytes;

    /// <summary>Called under the gate: a call that both ends have finished makes room for the next.</summary>
    internal void ForgetIfDone(ChannelCall call)
    {
        if (call is { LocalFinal: true, RemoteFinal: true } && _calls.Remove(call))
        {
            _arena.SpaceFreed();
        }
    }

    /// <summary>
    /// A backend begins a new session with a guest of its own, which does what it would do for a successor. Calls in flight fail at both ends,
    /// and what they have received may change under them: there should be none.
    /// </summary>
    public void RestartSession()
    {
        var ready = new List<IThreadPoolWorkItem>();
        // Whoever drains would take the emptied rings for a violation.
        while (Interlocked.Exchange(ref _draining, 1) != 0)
        {
            Thread.Yield();
        }

        try
        {
            lock (_gate)
            {
                if (_closed)
                {
                    return;
                }

                Epoch++;
                FailAll(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"session {_session}").Message, ready);
                _calls.Clear();
                _arena.TakeBackSent();
                _joined = false;
                StartSession(takeOver: true);
            }
        }
        finally
        {
            Volatile.Write(ref _draining, 0);
        }

        RunOnPool(ready);
    }

    /// <summary>
    /// A backend's new session. While the session reads 0 a guest of the old one neither trusts the rings nor takes what it sees in them for a violation.
    /// </summary>
    private void StartSession(bool takeOver)
    {
        var last = Math.Max(Region.Load32(ChannelLayout.BackendSessionOffset), Region.Load32(ChannelLayout.GuestSessionOffset));
        _session = takeOver ? Math.Max(1, last + 1) : 1;
        Region.Store32(ChannelLayout.BackendSessionOffset, 0);
        Interlocked.MemoryBarrier();
        _sender.Reset();
        _consumer.Reset();
        Region.Store32(ChannelLayout.BackendSessionOffset, _session);
        Beat();
        _peerDoorbell.Ring();
    }

    private void JoinSession()
    {
        _session = Region.Load32(ChannelLayout.BackendSessionOffset);
        _sender.Reset();
        _consumer.Reset();
        _joined = true;
        _sender.Open();
        Region.Store32(ChannelLayout.GuestSessionOffset, _session);
        _peerDoorbell.Ring();
    }

    private void DrainEntered(List<IThreadPoolWorkItem> ready)
    {
        try
        {
            if (!EnsureSession(ready))
            {
                return;
            }

            // A producer that keeps the ring full must not keep this thread for ever: other instances wait.
            var most = Region.Options.RingEntries;
            var taken = 0;
            while (taken < most && _receiver.TryReceive(_inSession, ready))
            {
                taken++;
            }

            AfterReceiving(taken > 0);
        }
        catch (ProtocolViolationException violation)
        {
            // A new backend empties the rings before it says so; joining it starts over.
            if (_inSession is not null && !_inSession())
            {
                EnsureSession(ready);
            }
            else if (Close(AbortCode.Failed, violation.Message, ready))
            {
                Violated?.Invoke(violation);
            }
        }
    }

    private void AfterReceiving(bool madeSpace)
    {
        ChannelSignals signals;
        ProtocolViolationException? fault;
        lock (_gate)
        {
            _sender.FlushOverflow();
            if (_consumer.ProducerStarved)
            {
                _sender.FlushReleases();
            }

            if (madeSpace)
            {
                _sender.WakeStarvedPeer();
            }

            signals = _sender.TakeSignals();
            fault = _sender.Fault;
        }

        Signal(signals & ChannelSignals.Peer);
        if (fault is not null)
        {
            throw fault;
        }
    }

    /// <summary>False while the two ends are not in the same session.</summary>
    private bool EnsureSession(List<IThreadPoolWorkItem> ready)
    {
        if (_inSession is not null)
        {
            if (!_inSession())
            {
                if (Region.Load32(ChannelLayout.BackendSessionOffset) == 0)
                {
                    return false;
                }

                Rejoin(ready);
            }
        }
        else if (!_joined)
        {
            if (!GuestHasJoined)
            {
                return false;
            }

            lock (_gate)
            {
                _joined = true;
                _sender.Open();
            }
        }

        return true;
    }

    /// <summary>The guest's answer to a new backend: everything in flight fails, both rings start empty.</summary>
    private void Rejoin(List<IThreadPoolWorkItem> ready)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            Epoch++;
            if (_calls.Count > 0)
            {
                FailAll(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"session {_session}").Message, ready);
            }

            _calls.Clear();
            _arena.TakeBackSent();
            JoinSession();
        }

        SessionRestarted?.Invoke();
    }

    private bool Close(AbortCode code, string message, List<IThreadPoolWorkItem> ready)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _closed = true;
            _deadlines.Dispose();
            FailAll(code, message, ready);
        }

        Region.ReleaseReference();
        return true;
    }

    private void FailAll(AbortCode code, string message, List<IThreadPoolWorkItem> ready)
    {
        foreach (var call in _calls.All())
        {
            if (call.Fail(code, message))
            {
                ready.Add(call);
            }
        }

        _arena.SpaceFreed();
    }

    private bool TryReserve(ushort protocol, long deadline, out ChannelCall call, out Task space)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            space = Task.CompletedTask;
            if (_calls.Opened.TryTakeId(out var id))
            {
                call = new ChannelCall(this, id, protocol, default, deadline, incoming: false);
                _calls.Opened.Add(call);
                return true;
            }

            call = null!;
            space = _arena.WaitForSpace();
            return false;
        }
    }

    private async ValueTask<ArenaBlock> RentSlowAsync(ChannelCall call, int bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task space;
            lock (_gate)
            {
                if (TryRent(call, bytes, out var block))
                {
                    return block;
                }

                space = _arena.WaitForSpace();
            }

            await WaitAsync(space, call.Deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(Task space, long deadline, CancellationToken cancellationToken)
    {
        ChannelSignals signals;
        lock (_gate)
        {
            signals = _sender.TakeSignals();
        }

        Signal(signals);
        try
        {
            await space.WaitAsync(ChannelCall.Until(deadline), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ChannelException(AbortCode.DeadlineExceeded, ChannelDiagnostics.DeadlineExceeded.With("waiting for room").Message);
        }
    }

    private bool TryRent(ChannelCall call, int bytes, out ArenaBlock block)
    {
        ThrowIfClosed();
        if (call.Epoch != Epoch)
        {
            throw new ChannelException(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"call {call.Id:x}").Message);
        }

        ObjectDisposedException.ThrowIf(call.IsLeft, call);
        call.ThrowIfFailed();
        return _arena.TryRent(call, bytes, out block);
    }

    private void SendOpen(ChannelCall call, ArenaBlock block, int length, bool final, bool ring)
    {
        var descriptor = new FrameDescriptor
        {
            Kind = FrameKind.Open,
            Code = call.Protocol,
            Length = (uint)length,
        };
        if (call.Deadline != long.MaxValue)
        {
            descriptor.DeadlineMicroseconds = Math.Max(1, (ulong)call.Remaining.TotalMicroseconds);
        }

        ChannelSignals signals;
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            if ((length == 0 || !CanSend(call)) && !_arena.TryReturn(call, block) && !call.IsLeft)
            {
                throw new InvalidOperationException(BlockIsGone);
            }

            if (CanSend(call))
            {
                call.IsOpen = true;
                Publish(call, descriptor, block, final);
                if (call.Deadline != long.MaxValue)
                {
                    _deadlines.Start();
                }
            }

            signals = ring ? _sender.TakeSignals() : ChannelSignals.None;
        }

        Signal(signals);
    }

    private bool CanSend(ChannelCall call) => !call.LocalFinal && call.Epoch == Epoch;

    // The opener may take a request back that it has sent to its end, until it knows that the answer is complete.
    private bool CanAbort(ChannelCall call) =>
        CanSend(call) || (call is { IsOpen: true, RemoteFinal: false, AbortSent: false } && call.Epoch == Epoch);

    private void Publish(ChannelCall call, FrameDescriptor descriptor, in ArenaBlock block, bool final)
    {
        descriptor.CallId = call.Id;
        if (descriptor.Length > 0)
        {
            if (!_arena.TryMarkSent(call, block))
            {
                throw new InvalidOperationException(BlockIsGone);
            }

            descriptor.Offset = (uint)block.Offset;
        }

        if (final)
        {
            descriptor.Flags = FrameFlags.Final;
            call.LocalFinal = true;
        }

        _sender.Publish(ref descriptor);
        ForgetIfDone(call);
    }

    /// <summary>A call whose open was not sent is nobody's but this end's.</summary>
    private void Forget(ChannelCall call)
    {
        lock (_gate)
        {
            if (!call.IsOpen)
            {
                call.LocalFinal = true;
                call.RemoteFinal = true;
                ForgetIfDone(call);
            }
        }
    }

    private void DrainToPool()
    {
        var ready = new List<IThreadPoolWorkItem>();
        // Whoever drains also arms: a pump that found this thread at it has gone to sleep without.
        if (Drain(ready) && !Arm())
        {
            WakeOwnPump();
        }

        RunOnPool(ready);
    }

    private static void RunOnPool(List<IThreadPoolWorkItem> ready)
    {
        foreach (var item in ready)
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
    }

    private void Signal(ChannelSignals signals)
    {
        if ((signals & ChannelSignals.Peer) != 0)
        {
            _peerDoorbell.Ring();
        }

        if ((signals & ChannelSignals.Self) != 0)
        {
            _ownDoorbell.Ring();
        }
    }

    private void ThrowIfClosed()
    {
        if (_closed)
        {
            throw new ChannelException(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With("channel closed").Message);
        }
    }
}
