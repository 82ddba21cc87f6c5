using System.Runtime.CompilerServices;

namespace Nexus.Channel;

/// <summary>The reading end of one ring. One thread at a time (the peer's drain lock).</summary>
internal sealed unsafe class RingConsumer(ChannelRegion region, int controlOffset, long ringOffset)
{
    private readonly uint _entries = (uint)region.Options.RingEntries;
    private uint _head;

    public void Reset()
    {
        _head = 0;
        region.Store32(controlOffset + ChannelLayout.HeadOffset, 0);
    }

    public bool HasFrames => region.Load32(controlOffset + ChannelLayout.TailOffset) != _head;

    /// <summary>True while the producer waits for ring or arena space.</summary>
    public bool ProducerStarved => region.Load32(controlOffset + ChannelLayout.StarvedOffset) != 0;

    /// <summary>Copies the next descriptor out, once; false when there is none.</summary>
    /// <exception cref="ProtocolViolationException">The producer claims more than the ring holds.</exception>
    public bool TryTake(out FrameDescriptor descriptor)
    {
        var distance = region.Load32(controlOffset + ChannelLayout.TailOffset) - _head;
        if (distance == 0)
        {
            Unsafe.SkipInit(out descriptor);
            return false;
        }

        if (distance > _entries)
        {
            throw new ProtocolViolationException($"ring distance {distance}");
        }

        descriptor = CopyOnce(region.Address + ringOffset + ((long)(_head & (_entries - 1)) * ChannelLayout.DescriptorBytes));
        region.Store32(controlOffset + ChannelLayout.HeadOffset, ++_head);
        return true;
    }

    /// <summary>Asks for a doorbell; false when frames are there already and sleeping would be wrong.</summary>
    public bool Arm()
    {
        region.Store32(controlOffset + ChannelLayout.WaitingOffset, 1);
        Interlocked.MemoryBarrier();
        return !HasFrames;
    }

    public void Disarm() => region.Store32(controlOffset + ChannelLayout.WaitingOffset, 0);

    // Not inlined: after the call the compiler cannot go back to shared memory for a field it has already checked (Xen XSA-155).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FrameDescriptor CopyOnce(byte* source) => Unsafe.ReadUnaligned<FrameDescriptor>(source);
}
