using System.Runtime.CompilerServices;

namespace Nexus.Channel;

/// <summary>The writing end of one ring. One thread at a time (the peer's send lock).</summary>
internal sealed unsafe class RingProducer(ChannelRegion region, int controlOffset, long ringOffset)
{
    private readonly uint _entries = (uint)region.Options.RingEntries;
    private uint _tail;
    private uint _knownHead;

    /// <summary>Empties the ring as far as the producer owns it; the consumer does its part.</summary>
    public void Reset()
    {
        _tail = _knownHead = 0;
        region.Store32(controlOffset + ChannelLayout.TailOffset, 0);
        region.Store32(controlOffset + ChannelLayout.StarvedOffset, 0);
    }

    /// <summary>Publishes one descriptor; false when the ring is full.</summary>
    /// <exception cref="ProtocolViolationException">The consumer claims to have consumed what was never published.</exception>
    public bool TryPublish(in FrameDescriptor descriptor)
    {
        if (_tail - _knownHead >= _entries)
        {
            var head = region.Load32(controlOffset + ChannelLayout.HeadOffset);
            if (_tail - head > _entries)
            {
                throw new ProtocolViolationException($"ring head {head} against tail {_tail}");
            }

            _knownHead = head;
            if (_tail - head >= _entries)
            {
                return false;
            }
        }

        var slot = region.Address + ringOffset + ((long)(_tail & (_entries - 1)) * ChannelLayout.DescriptorBytes);
        Unsafe.WriteUnaligned(slot, descriptor);
        region.Store32(controlOffset + ChannelLayout.TailOffset, ++_tail);
        return true;
    }

    /// <summary>True when the consumer sleeps and this caller is the one to ring.</summary>
    public bool ConsumerWantsDoorbell()
    {
        // The tail must be visible before the flag is read, or a consumer that is falling asleep would be missed.
        Interlocked.MemoryBarrier();
        return region.Load32(controlOffset + ChannelLayout.WaitingOffset) != 0
            && region.Exchange32(controlOffset + ChannelLayout.WaitingOffset, 0) != 0;
    }

    /// <summary>Says whether the producer waits for space.</summary>
    public void SetStarved(bool starved) => region.Store32(controlOffset + ChannelLayout.StarvedOffset, starved ? 1u : 0u);
}
