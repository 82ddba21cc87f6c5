namespace Nexus.Channel;

/// <summary>
/// The sending half: the outgoing ring, what did not fit into it, and the blocks to give back. Guarded by the peer's gate. Never
/// blocks and never throws for what the peer did: its fault is kept until the draining thread deals with it.
/// </summary>
internal sealed class FrameSender
{
    private readonly RingProducer _producer;
    private readonly RingConsumer _incoming;
    private readonly Queue<FrameDescriptor> _overflow = new();
    private readonly Queue<uint> _releases = new();
    private readonly int _mostOverflow;
    private readonly int _mostHeld;
    private readonly int _flushBytes;
    private ChannelSignals _signals;
    private long _releasedBytes;
    private int _held;
    private bool _waitsForSpace;
    private bool _starved;

    public FrameSender(RingProducer producer, RingConsumer incoming, ChannelOptions options)
    {
        _producer = producer;
        _incoming = incoming;
        // What an honest peer can bring about: one frame per block of either arena, and an open, a final frame and an abort of each call.
        _mostHeld = options.ArenaBytes / ArenaAllocator.SmallestBlock;
        _mostOverflow = (2 * _mostHeld) + (4 * ChannelLayout.MaxCalls);
        _flushBytes = options.ArenaBytes / 16;
    }

    /// <summary>False until the peer has joined the session: frames are kept.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The first thing the peer did wrong, as seen while sending.</summary>
    public ProtocolViolationException? Fault { get; private set; }

    /// <summary>Whom to wake; cleared by the call.</summary>
    public ChannelSignals TakeSignals()
    {
        var signals = _signals;
        _signals = ChannelSignals.None;
        return signals;
    }

    /// <summary>A new session: the ring is empty, nothing is owed.</summary>
    public void Reset()
    {
        IsOpen = false;
        Fault = null;
        _overflow.Clear();
        _releases.Clear();
        _releasedBytes = 0;
        _held = 0;
        _waitsForSpace = false;
        _starved = false;
        _producer.Reset();
    }

    /// <summary>The peer has joined.</summary>
    public void Open()
    {
        IsOpen = true;
        FlushOverflow();
    }

    /// <summary>Publishes a frame, with blocks to give back on board, and wakes a sleeping peer.</summary>
    public void Publish(ref FrameDescriptor descriptor)
    {
        AttachReleases(ref descriptor);
        Push(descriptor);
        WakeSleepingPeer();
    }

    /// <summary>One more frame of the peer's is in use here.</summary>
    /// <exception cref="ProtocolViolationException">More than its arena has blocks.</exception>
    public void Hold()
    {
        if (++_held + _releases.Count > _mostHeld)
        {
            throw new ProtocolViolationException($"{_held} blocks held");
        }
    }

    /// <summary>Gives a block back: small ones ride along with the next frame, large ones are what a streaming sender waits for.</summary>
    public void Release(uint offset, int length)
    {
        _held--;
        _releases.Enqueue(offset);
        _releasedBytes += length;
        if (_releasedBytes >= _flushBytes || _incoming.ProducerStarved)
        {
            FlushReleases();
        }
    }

    /// <summary>Publishes what is to be given back; only a peer that waits for it is woken.</summary>
    public void FlushReleases()
    {
        if (_releases.Count == 0 || !IsOpen)
        {
            return;
        }

        while (_releases.Count > 0)
        {
            var descriptor = new FrameDescriptor { Kind = FrameKind.Release };
            AttachReleases(ref descriptor);
            Push(descriptor);
        }

        WakeStarvedPeer();
    }

    /// <summary>Wakes a peer that waits for space, after some was made.</summary>
    public void WakeStarvedPeer()
    {
        // Whoever starves sets the flag and then looks at the ring; here it is the other way round, and one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_incoming.ProducerStarved)
        {
            _signals |= ChannelSignals.Peer;
        }
    }

    /// <summary>Moves what did not fit into the ring, as far as there is room now.</summary>
    public void FlushOverflow()
    {
        if (_overflow.Count == 0 || !IsOpen)
        {
            return;
        }

        while (_overflow.TryPeek(out var descriptor) && TryPublish(descriptor))
        {
            _overflow.Dequeue();
        }

        UpdateStarved();
        WakeSleepingPeer();
    }

    /// <summary>Says that somebody waits for room in the arena, so that the peer does not keep blocks for the next frame.</summary>
    public void SetWaitsForSpace(bool waits)
    {
        _waitsForSpace = waits;
        UpdateStarved();
        if (waits)
        {
            // Blocks may be in the ring already, given back silently.
            _signals |= ChannelSignals.Self;
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

    private void Push(in FrameDescriptor descriptor)
    {
        if (IsOpen && _overflow.Count == 0 && TryPublish(descriptor))
        {
            return;
        }

        if (_overflow.Count >= _mostOverflow)
        {
            SetFault(new ProtocolViolationException($"{_overflow.Count} frames not taken"));
            return;
        }

        _overflow.Enqueue(descriptor);
        UpdateStarved();
        // Room made before the flag was set came without a doorbell.
        FlushOverflow();
    }

    private bool TryPublish(in FrameDescriptor descriptor)
    {
        try
        {
            return _producer.TryPublish(descriptor);
        }
        catch (ProtocolViolationException violation)
        {
            SetFault(violation);
            return false;
        }
    }

    private void SetFault(ProtocolViolationException violation)
    {
        Fault ??= violation;
        _signals |= ChannelSignals.Self;
    }

    private void UpdateStarved()
    {
        var starved = _waitsForSpace || _overflow.Count > 0;
        if (starved == _starved)
        {
            return;
        }

        _starved = starved;
        _producer.SetStarved(starved);
        if (starved)
        {
            // A peer that is awake looks at the flag before it sleeps.
            WakeSleepingPeer();
        }
    }

    private void WakeSleepingPeer()
    {
        if (_producer.ConsumerWantsDoorbell())
        {
            _signals |= ChannelSignals.Peer;
        }
    }
}
