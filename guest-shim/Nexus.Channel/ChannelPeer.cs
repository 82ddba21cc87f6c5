using System.Diagnostics;
using Nexus.Channel.Messages;

namespace Nexus.Channel;

/// <summary>
/// One end of a channel. Sends under one lock, receives on whichever thread drains (one at a time), and owns this end's arena. The peer is taken for hostile: a
/// descriptor is copied once and everything in it checked against this end's own state; the first violation closes the channel.
/// </summary>
public sealed class ChannelPeer : IDisposable
{
    private const int ExpiryMilliseconds = 50;
    private readonly object _gate = new();
    private readonly ChannelRole _role;
    private readonly Doorbell _peerDoorbell;
    private readonly Doorbell _ownDoorbell;
    private readonly Action<ChannelCall> _onCall;
    private readonly RingProducer _producer;
    private readonly RingConsumer _consumer;
    private readonly ArenaAllocator _allocator;
    private readonly ArenaMemory _ownArena;
    private readonly ArenaMemory _peerArena;
    private readonly long _ownArenaOffset;
    private readonly Dictionary<int, ChannelCall> _sentBlocks = [];
    private readonly Queue<FrameDescriptor> _overflow = new();
    private readonly Queue<uint> _releases = new();
    private readonly CallTable _ownCalls;
    private readonly CallTable _peerCalls;
    private readonly int _window;
    private TaskCompletionSource? _space;
    private long _releasedBytes;
    private int _heldReceived;
    private int _draining;
    private Timer? _expiry;
    private bool _expiryRuns;
    private bool _joined;
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
        _window = options.ArenaBytes / 4;
        var toBackend = (Control: ChannelLayout.ToBackendControlOffset, Ring: ChannelLayout.ToBackendRingOffset);
        var toGuest = (Control: ChannelLayout.ToGuestControlOffset, Ring: ChannelLayout.ToGuestRingOffset(options));
        var (output, input) = role == ChannelRole.Guest ? (toBackend, toGuest) : (toGuest, toBackend);
        _producer = new RingProducer(region, output.Control, output.Ring);
        _consumer = new RingConsumer(region, input.Control, input.Ring);
        var toBackendArena = ChannelLayout.ToBackendArenaOffset(options);
        var toGuestArena = ChannelLayout.ToGuestArenaOffset(options);
        _ownArenaOffset = role == ChannelRole.Guest ? toBackendArena : toGuestArena;
        _ownArena = new ArenaMemory(region, _ownArenaOffset, options.ArenaBytes);
        _peerArena = new ArenaMemory(region, role == ChannelRole.Guest ? toGuestArena : toBackendArena, options.ArenaBytes);
        _allocator = new ArenaAllocator(options.ArenaBytes);
        _ownCalls = new CallTable(role == ChannelRole.Backend ? ChannelLayout.BackendCallBit : 0);
        _peerCalls = new CallTable(role == ChannelRole.Backend ? 0 : ChannelLayout.BackendCallBit);
        if (role == ChannelRole.Backend)
        {
            StartBackendSession(takeOver);
        }
        else
        {
            JoinSession();
        }
    }

    /// <summary>Raised once, on the thread that found it, when the peer broke the protocol.</summary>
    public event Action<ProtocolViolationException>? Violated;

    /// <summary>Raised on a guest's draining thread after it joined a new backend's session.</summary>
    public event Action? SessionRestarted;

    public ChannelRegion Region { get; }

    public bool IsClosed { get; private set; }

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
                return _allocator.UsedBytes;
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
                return _ownCalls.Count + _peerCalls.Count;
            }
        }
    }

    /// <summary>True when frames wait to be drained.</summary>
    public bool HasIncoming => _consumer.HasFrames || (_role == ChannelRole.Guest && SessionChanged) || (!_joined && !SessionChanged);

    internal int Epoch { get; private set; }

    private bool SessionChanged => Region.Load32(ChannelLayout.BackendSessionOffset) != Region.Load32(ChannelLayout.GuestSessionOffset);

    /// <summary>Opens a call with its head; <paramref name="final"/> when no payload follows.</summary>
    /// <param name="protocol">One of <see cref="ChannelProtocol"/>.</param>
    /// <param name="head">The head; at most 64 KiB.</param>
    /// <param name="timeout">The call's deadline from now; null for none.</param>
    /// <param name="final">True when the head is all this end sends.</param>
    /// <param name="cancellationToken">Ends the wait for a free slot or for arena space.</param>
    /// <exception cref="ChannelException">The session ended.</exception>
    public async ValueTask<ChannelCall> OpenAsync<TMessage>(
        ushort protocol,
        TMessage head,
        TimeSpan? timeout,
        bool final,
        CancellationToken cancellationToken = default
    )
        where TMessage : IChannelMessage
    {
        var call = await ReserveAsync(protocol, timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            var block = await RentAsync(call, head.MaxBytes, cancellationToken).ConfigureAwait(false);
            var length = WriteMessage(head, block);
            SendOpen(call, block, length, final);
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
        if (Interlocked.Exchange(ref _draining, 1) != 0)
        {
            return false;
        }

        try
        {
            if (!IsClosed)
            {
                DrainLocked(ready);
            }
        }
        catch (ProtocolViolationException violation)
        {
            if (_role == ChannelRole.Guest && SessionChanged)
            {
                // A new backend emptied the rings between two reads; joining it starts over.
                Rejoin(ready);
            }
            else
            {
                Close(AbortCode.Failed, violation.Message, ready);
                Violated?.Invoke(violation);
            }
        }
        finally
        {
            Volatile.Write(ref _draining, 0);
        }

        return true;
    }

    /// <summary>Before sleeping: publishes what was to be given back and asks for a doorbell. False when there is work, so do not sleep.</summary>
    public bool Arm()
    {
        lock (_gate)
        {
            FlushReleases();
        }

        return (_consumer.Arm() && !HasIncoming) || IsClosed;
    }

    /// <summary>While polling: no doorbells, please.</summary>
    public void Disarm() => _consumer.Disarm();

    /// <summary>Makes this end's own pump look again.</summary>
    public void WakeOwnPump() => _ownDoorbell.Ring();

    /// <summary>Moves the backend's heartbeat; a guest that sees it stand still for long ends itself.</summary>
    public void Beat() => Region.Store64(ChannelLayout.BackendHeartbeatOffset, Region.Load64(ChannelLayout.BackendHeartbeatOffset) + 1);

    /// <summary>The backend's heartbeat as last seen.</summary>
    public ulong ReadHeartbeat() => Region.Load64(ChannelLayout.BackendHeartbeatOffset);

    /// <summary>When nothing is in flight: gives the arena's pages back to the node, all but the first 64 KiB that the next call will use.</summary>
    /// <returns>Bytes given back.</returns>
    public int DiscardIdlePages()
    {
        const int keep = 64 * 1024;
        lock (_gate)
        {
            if (IsClosed || _allocator.UsedBytes != 0 || _allocator.HighWater <= keep)
            {
                return 0;
            }

            var bytes = _allocator.HighWater - keep;
            Region.Discard(_ownArenaOffset + keep, bytes);
            _allocator.ForgetHighWater();
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
        foreach (var item in ready)
        {
            ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
    }

    internal static int WriteMessage<TMessage>(TMessage message, ArenaBlock block)
        where TMessage : IChannelMessage
    {
        var writer = new MessageWriter(block.Memory.Span);
        message.Write(ref writer);
        return writer.Length;
    }

    internal void StartHandler(ChannelCall call) => _onCall(call);

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

    internal void Return(ChannelCall call, ArenaBlock block)
    {
        lock (_gate)
        {
            if (!IsClosed)
            {
                FreeLocked(call, block.Offset);
            }
        }
    }

    internal void Send(ChannelCall call, FrameKind kind, ArenaBlock block, int length, bool final)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)block.Memory.Length);
        lock (_gate)
        {
            if (IsClosed)
            {
                return;
            }

            if (call.LocalFinal || call.Epoch != Epoch || length == 0)
            {
                FreeLocked(call, block.Offset);
                if (length == 0 && final)
                {
                    SendControlLocked(call, FrameKind.Data, AbortCode.None);
                }

                return;
            }

            PayloadBytes += kind == FrameKind.Data ? length : 0;
            var descriptor = new FrameDescriptor
            {
                Kind = kind,
                CallId = call.Id,
                Offset = (uint)block.Offset,
                Length = (uint)length,
            };
            PublishBlock(call, ref descriptor, final);
        }
    }

    internal void SendControl(ChannelCall call, FrameKind kind, AbortCode code)
    {
        lock (_gate)
        {
            SendControlLocked(call, kind, code);
        }
    }

    internal void ReleaseReceived(ChannelCall call, in ChannelFrame frame)
    {
        lock (_gate)
        {
            if (!IsClosed && call.Epoch == Epoch)
            {
                ReleaseLocked(frame.Offset, frame.Memory.Length);
            }
        }
    }

    /// <summary>After the last call there is no next frame for released blocks to ride on.</summary>
    internal void FlushReleasesIfIdle()
    {
        lock (_gate)
        {
            if (!IsClosed && _ownCalls.Count + _peerCalls.Count == 0)
            {
                FlushReleases();
            }
        }
    }

    private void StartBackendSession(bool takeOver)
    {
        _producer.Reset();
        _consumer.Reset();
        // Wraps past 0, which a guest never joins.
        _session = takeOver ? Math.Max(1, Region.Load32(ChannelLayout.BackendSessionOffset) + 1) : 1;
        Region.Store32(ChannelLayout.BackendSessionOffset, _session);
        Beat();
        _peerDoorbell.Ring();
    }

    private void JoinSession()
    {
        _session = Region.Load32(ChannelLayout.BackendSessionOffset);
        _producer.Reset();
        _consumer.Reset();
        _joined = true;
        Region.Store32(ChannelLayout.GuestSessionOffset, _session);
        _peerDoorbell.Ring();
    }

    private void DrainLocked(List<IThreadPoolWorkItem> ready)
    {
        if (_role == ChannelRole.Guest)
        {
            if (SessionChanged)
            {
                Rejoin(ready);
            }
        }
        else if (!_joined)
        {
            if (Region.Load32(ChannelLayout.GuestSessionOffset) != _session)
            {
                return;
            }

            _joined = true;
        }

        // A producer that keeps the ring full must not keep this thread for ever: other instances wait.
        var budget = Region.Options.RingEntries;
        while (budget-- > 0 && _consumer.TryTake(out var descriptor))
        {
            Receive(descriptor, ready);
        }

        lock (_gate)
        {
            FlushOverflow();
            if (_consumer.ProducerStarved)
            {
                FlushReleases();
                _peerDoorbell.Ring();
            }
        }
    }

    private void Receive(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        if (descriptor.ReleaseCount > ChannelLayout.ReleasesPerDescriptor)
        {
            throw new ProtocolViolationException($"{descriptor.ReleaseCount} releases");
        }

        if (descriptor.ReleaseCount > 0)
        {
            AcceptReleases(descriptor);
        }

        if (descriptor.Kind == FrameKind.Release)
        {
            return;
        }

        if ((descriptor.Flags & ~FrameFlags.Final) != 0 || (ulong)descriptor.Offset + descriptor.Length > (ulong)Region.Options.ArenaBytes)
        {
            throw new ProtocolViolationException($"frame {descriptor.Kind} at {descriptor.Offset}+{descriptor.Length}");
        }

        switch (descriptor.Kind)
        {
            case FrameKind.Open:
                ReceiveOpen(descriptor, ready);
                break;
            case FrameKind.Head or FrameKind.Data or FrameKind.Trailers:
                ReceivePayload(descriptor, ready);
                break;
            case FrameKind.Abort:
                ReceiveAbort(descriptor, ready);
                break;
            default:
                throw new ProtocolViolationException($"kind {(byte)descriptor.Kind}");
        }
    }

    private void AcceptReleases(in FrameDescriptor descriptor)
    {
        TaskCompletionSource? space;
        lock (_gate)
        {
            for (var i = 0; i < (int)descriptor.ReleaseCount; i++)
            {
                var offset = descriptor.Releases[i];
                if (!_allocator.IsSent(offset) || !_sentBlocks.Remove((int)offset, out var owner))
                {
                    throw new ProtocolViolationException($"release of {offset}");
                }

                owner.HeldBytes -= _allocator.Free((int)offset);
            }

            space = TakeSpaceWaiters();
        }

        space?.TrySetResult();
    }

    private void ReceiveOpen(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        var head = CopyHead(descriptor);
        var deadline = descriptor.DeadlineMicroseconds == 0 ? long.MaxValue : DeadlineAfter(descriptor.DeadlineMicroseconds);
        ChannelCall call;
        lock (_gate)
        {
            _peerCalls.CheckUnused(descriptor.CallId);
            var ended = (descriptor.Flags & FrameFlags.Final) != 0;
            call = new ChannelCall(this, descriptor.CallId, descriptor.Code, head, deadline, incoming: true, ended);
            _peerCalls.Add(call);
        }

        ready.Add(call);
    }

    private void ReceivePayload(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        var final = (descriptor.Flags & FrameFlags.Final) != 0;
        var call = FindCall(descriptor.CallId);
        var isData = descriptor.Kind == FrameKind.Data;
        var memory = isData ? _peerArena.Memory.Slice((int)descriptor.Offset, (int)descriptor.Length) : CopyHead(descriptor);
        var held = isData && descriptor.Length > 0;
        lock (_gate)
        {
            if (call.RemoteFinal)
            {
                throw new ProtocolViolationException($"frame after the final one of call {call.Id:x}");
            }

            if (held)
            {
                PayloadBytes += descriptor.Length;
                // Nothing here may grow with what the peer claims: it has at most one unreleased frame per smallest block.
                if (++_heldReceived > Region.Options.ArenaBytes / 1024)
                {
                    throw new ProtocolViolationException($"{_heldReceived} blocks held");
                }
            }

            call.RemoteFinal = final;
        }

        if (call.Deliver(new ChannelFrame(descriptor.Kind, final, memory, descriptor.Offset, held)))
        {
            ready.Add(call);
        }

        if (final)
        {
            FinishIfDone(call);
        }
    }

    private void ReceiveAbort(in FrameDescriptor descriptor, List<IThreadPoolWorkItem> ready)
    {
        var call = FindCall(descriptor.CallId);
        lock (_gate)
        {
            if (call.RemoteFinal)
            {
                throw new ProtocolViolationException($"abort after the final frame of call {call.Id:x}");
            }

            call.RemoteFinal = true;
        }

        var code = (AbortCode)descriptor.Code;
        if (call.Fail(code, $"The {(_role == ChannelRole.Guest ? "backend" : "function")} ended the call: {code}."))
        {
            ready.Add(call);
        }

        FinishIfDone(call);
    }

    private byte[] CopyHead(in FrameDescriptor descriptor)
    {
        if (descriptor.Length > ChannelLayout.MaxHeadBytes)
        {
            throw new ProtocolViolationException($"head of {descriptor.Length} bytes");
        }

        if (descriptor.Length == 0)
        {
            return [];
        }

        var head = _peerArena.Memory.Span.Slice((int)descriptor.Offset, (int)descriptor.Length).ToArray();
        lock (_gate)
        {
            _heldReceived++;
            ReleaseLocked(descriptor.Offset, head.Length);
        }

        return head;
    }

    private ChannelCall FindCall(uint id)
    {
        lock (_gate)
        {
            return (_ownCalls.Owns(id) ? _ownCalls : _peerCalls).Find(id);
        }
    }

    private void FinishIfDone(ChannelCall call)
    {
        TaskCompletionSource? space = null;
        lock (_gate)
        {
            if (call is { LocalFinal: true, RemoteFinal: true } && (call.IsIncoming ? _peerCalls : _ownCalls).Remove(call))
            {
                space = TakeSpaceWaiters();
            }
        }

        space?.TrySetResult();
    }

    private async ValueTask<ChannelCall> ReserveAsync(ushort protocol, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var deadline =
            timeout is { } span && span != Timeout.InfiniteTimeSpan
                ? Stopwatch.GetTimestamp() + (long)(Math.Max(0, span.TotalSeconds) * Stopwatch.Frequency)
                : long.MaxValue;
        while (true)
        {
            Task space;
            lock (_gate)
            {
                ThrowIfClosed();
                if (_ownCalls.TryTakeId(out var id))
                {
                    var call = new ChannelCall(this, id, protocol, default, deadline, incoming: false);
                    _ownCalls.Add(call);
                    return call;
                }

                space = WaitForSpaceLocked();
            }

            _ownDoorbell.Ring();
            await space.WaitAsync(cancellationToken).ConfigureAwait(false);
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

                space = WaitForSpaceLocked();
            }

            // Blocks may have been given back silently; this end's pump has to look.
            _ownDoorbell.Ring();
            var left = call.Remaining;
            try
            {
                await space.WaitAsync(left, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw new ChannelException(AbortCode.DeadlineExceeded, DeadlineMessage(call));
            }
        }
    }

    private bool TryRent(ChannelCall call, int bytes, out ArenaBlock block)
    {
        block = default;
        ThrowIfClosed();
        if (call.Epoch != Epoch)
        {
            throw new ChannelException(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"call {call.Id:x}").Message);
        }

        call.ThrowIfFailed();
        var size = _allocator.RoundUp(bytes);
        if (call.HeldBytes > 0 && call.HeldBytes + size > _window)
        {
            return false;
        }

        var offset = _allocator.Allocate(bytes);
        if (offset < 0)
        {
            return false;
        }

        call.HeldBytes += size;
        block = new ArenaBlock(_ownArena.Memory.Slice(offset, size), offset, Epoch);
        return true;
    }

    private void FreeLocked(ChannelCall call, int offset)
    {
        call.HeldBytes -= _allocator.Free(offset);
        TakeSpaceWaiters()?.TrySetResult();
    }

    private void SendOpen(ChannelCall call, ArenaBlock block, int length, bool final)
    {
        var descriptor = new FrameDescriptor
        {
            Kind = FrameKind.Open,
            Code = call.Protocol,
            CallId = call.Id,
            Offset = (uint)block.Offset,
            Length = (uint)length,
        };
        if (call.Deadline != long.MaxValue)
        {
            descriptor.DeadlineMicroseconds = Math.Max(1, (ulong)call.Remaining.TotalMicroseconds);
        }

        lock (_gate)
        {
            if (IsClosed || call.Epoch != Epoch)
            {
                return;
            }

            PublishBlock(call, ref descriptor, final);
            if (call.Deadline != long.MaxValue && !_expiryRuns)
            {
                _expiryRuns = true;
                _expiry ??= new Timer(static peer => ((ChannelPeer)peer!).ExpireCalls(), this, Timeout.Infinite, Timeout.Infinite);
                _expiry.Change(ExpiryMilliseconds, ExpiryMilliseconds);
            }
        }
    }

    /// <summary>
    /// Fails calls whose deadline has passed. Runs every 50 ms while there are any, so that a call ends in time although the other end is
    /// gone; the responder enforces the deadline itself, exactly.
    /// </summary>
    private void ExpireCalls()
    {
        var now = Stopwatch.GetTimestamp();
        var ready = new List<IThreadPoolWorkItem>();
        lock (_gate)
        {
            var pending = false;
            foreach (var call in _ownCalls.Calls)
            {
                pending |= call.Deadline != long.MaxValue;
                if (call.Deadline <= now && call.Fail(AbortCode.DeadlineExceeded, DeadlineMessage(call)))
                {
                    ready.Add(call);
                }
            }

            if (!pending)
            {
                _expiryRuns = false;
                _expiry!.Change(Timeout.Infinite, Timeout.Infinite);
            }
        }

        foreach (var call in ready)
        {
            ThreadPool.UnsafeQueueUserWorkItem(call, preferLocal: false);
        }
    }

    private static string DeadlineMessage(ChannelCall call) => ChannelDiagnostics.DeadlineExceeded.With($"call {call.Id:x}").Message;

    private void PublishBlock(ChannelCall call, ref FrameDescriptor descriptor, bool final)
    {
        if (final)
        {
            descriptor.Flags = FrameFlags.Final;
            call.LocalFinal = true;
        }

        _allocator.MarkSent((int)descriptor.Offset);
        _sentBlocks.Add((int)descriptor.Offset, call);
        Publish(ref descriptor);
        if (final && call.RemoteFinal)
        {
            FinishIfDone(call);
        }
    }

    private void SendControlLocked(ChannelCall call, FrameKind kind, AbortCode code)
    {
        if (IsClosed || call.LocalFinal || call.Epoch != Epoch)
        {
            return;
        }

        call.LocalFinal = true;
        var descriptor = new FrameDescriptor
        {
            Kind = kind,
            Flags = FrameFlags.Final,
            Code = (ushort)code,
            CallId = call.Id,
        };
        Publish(ref descriptor);
        FinishIfDone(call);
    }

    private void Forget(ChannelCall call)
    {
        lock (_gate)
        {
            if (!call.LocalFinal)
            {
                call.LocalFinal = true;
                _ownCalls.Remove(call);
            }
        }
    }

    private void ReleaseLocked(uint offset, int length)
    {
        _heldReceived--;
        _releases.Enqueue(offset);
        _releasedBytes += length;
        // Small blocks ride along with the next frame; large ones are what a streaming sender waits for.
        if (_releasedBytes >= _window / 4 || _consumer.ProducerStarved)
        {
            FlushReleases();
            if (_consumer.ProducerStarved)
            {
                _peerDoorbell.Ring();
            }
        }
    }

    private void FlushReleases()
    {
        while (_releases.Count > 0 && _joined)
        {
            var descriptor = new FrameDescriptor { Kind = FrameKind.Release };
            AttachReleases(ref descriptor);
            if (_overflow.Count > 0 || !_producer.TryPublish(descriptor))
            {
                _overflow.Enqueue(descriptor);
                _producer.SetStarved(true);
            }
        }
    }

    private void AttachReleases(ref FrameDescriptor descriptor)
    {
        var count = 0;
        while (count < ChannelLayout.ReleasesPerDescriptor && _releases.TryDequeue(out var offset))
        {
            descriptor.Releases[count++] = offset;
        }

        descriptor.ReleaseCount = (uint)count;
        if (_releases.Count == 0)
        {
            _releasedBytes = 0;
        }
    }

    private void Publish(ref FrameDescriptor descriptor)
    {
        AttachReleases(ref descriptor);
        if (!_joined || _overflow.Count > 0 || !_producer.TryPublish(descriptor))
        {
            // Bounded by the arena's blocks and the calls in flight, both this end's own.
            _overflow.Enqueue(descriptor);
            _producer.SetStarved(true);
        }

        if (_producer.ConsumerWantsDoorbell())
        {
            _peerDoorbell.Ring();
        }
    }

    private void FlushOverflow()
    {
        if (_overflow.Count == 0 || !_joined)
        {
            return;
        }

        while (_overflow.TryPeek(out var descriptor) && _producer.TryPublish(descriptor))
        {
            _overflow.Dequeue();
        }

        _producer.SetStarved(_overflow.Count > 0 || _space is not null);
        if (_producer.ConsumerWantsDoorbell())
        {
            _peerDoorbell.Ring();
        }
    }

    private Task WaitForSpaceLocked()
    {
        _space ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _producer.SetStarved(true);
        return _space.Task;
    }

    private TaskCompletionSource? TakeSpaceWaiters()
    {
        var space = _space;
        _space = null;
        if (space is not null)
        {
            _producer.SetStarved(_overflow.Count > 0);
        }

        return space;
    }

    /// <summary>The guest's answer to a new backend: everything in flight fails, both rings start empty.</summary>
    private void Rejoin(List<IThreadPoolWorkItem> ready)
    {
        lock (_gate)
        {
            Epoch++;
            FailAll(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With($"session {_session}").Message, ready);
            _allocator.FreeAllSent();
            _sentBlocks.Clear();
            _overflow.Clear();
            _releases.Clear();
            _releasedBytes = 0;
            _heldReceived = 0;
            _ownCalls.Clear();
            _peerCalls.Clear();
            JoinSession();
        }

        SessionRestarted?.Invoke();
    }

    private void Close(AbortCode code, string message, List<IThreadPoolWorkItem> ready)
    {
        lock (_gate)
        {
            if (IsClosed)
            {
                return;
            }

            IsClosed = true;
            _expiry?.Dispose();
            FailAll(code, message, ready);
        }

        Region.ReleaseReference();
    }

    private void FailAll(AbortCode code, string message, List<IThreadPoolWorkItem> ready)
    {
        foreach (var call in _ownCalls.Calls.Concat(_peerCalls.Calls).ToArray())
        {
            if (call.Fail(code, message))
            {
                ready.Add(call);
            }
        }

        TakeSpaceWaiters()?.TrySetResult();
    }

    private void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new ChannelException(AbortCode.SessionLost, ChannelDiagnostics.SessionLost.With("channel closed").Message);
        }
    }

    private static long DeadlineAfter(ulong microseconds)
    {
        var seconds = Math.Min(microseconds / 1e6, TimeSpan.FromDays(1).TotalSeconds);
        return Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
    }
}
