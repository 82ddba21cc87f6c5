namespace Nexus.Channel.Tests.Litmus;

/// <summary>Publishes the tail before the descriptor is there: what a missing release barrier amounts to on a machine that reorders stores.</summary>
internal sealed class BrokenRingPublishesFirst : LitmusRing
{
    private readonly long _ring = ChannelLayout.ToGuestRingOffset(new ChannelOptions(Entries, 1 << 20));
    private uint _tail;

    public override bool TryPublish(in FrameDescriptor descriptor)
    {
        if (_tail - Region.Load32(Control + ChannelLayout.HeadOffset) >= Entries)
        {
            return false;
        }

        var slot = (int)_ring + ((int)(_tail % Entries) * ChannelLayout.DescriptorBytes);
        Region.Store32(Control + ChannelLayout.TailOffset, ++_tail);
        Meanwhile?.Invoke();
        Region.Store32(slot + 4, descriptor.CallId);
        Region.Store32(slot + 8, descriptor.Offset);
        return true;
    }
}

/// <summary>Sleeps after asking for a doorbell without looking once more.</summary>
internal sealed class BrokenRingSleepsUnseen : LitmusRing
{
    public override bool Arm()
    {
        Region.Store32(Control + ChannelLayout.WaitingOffset, 1);
        return true;
    }
}

/// <summary>Looks for a sleeper before its frame is visible: the full barrier between the two is missing.</summary>
internal sealed class BrokenRingWakesTooEarly : LitmusRing
{
    private bool _wanted;

    public override bool TryPublish(in FrameDescriptor descriptor)
    {
        _wanted = Region.Exchange32(Control + ChannelLayout.WaitingOffset, 0) != 0;
        // A store buffer opens this window for nanoseconds.
        Meanwhile?.Invoke();
        return base.TryPublish(descriptor);
    }

    public override bool ConsumerWantsDoorbell() => _wanted;
}

/// <summary>Believes the other end's tail.</summary>
internal sealed class BrokenRingTrustsTheTail : LitmusRing
{
    private uint _head;

    public override bool TryTake(out FrameDescriptor descriptor)
    {
        descriptor = default;
        if (Region.Load32(Control + ChannelLayout.TailOffset) == _head)
        {
            return false;
        }

        _head++;
        return true;
    }
}

/// <summary>Overwrites what the consumer has not read.</summary>
internal sealed class BrokenRingNeverFull : LitmusRing
{
    public override bool TryPublish(in FrameDescriptor descriptor)
    {
        // A producer that believes that everything was consumed.
        var head = Region.Load32(Control + ChannelLayout.HeadOffset);
        Region.Store32(Control + ChannelLayout.HeadOffset, Region.Load32(Control + ChannelLayout.TailOffset));
        var published = base.TryPublish(descriptor);
        Region.Store32(Control + ChannelLayout.HeadOffset, head);
        return published;
    }
}
