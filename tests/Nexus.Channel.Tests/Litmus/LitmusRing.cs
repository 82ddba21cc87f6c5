namespace Nexus.Channel.Tests.Litmus;

/// <summary>One direction with both of its ends, as the litmus tests drive it: the real ring, and variants of it that are broken on purpose.</summary>
internal class LitmusRing
{
    private protected const int Entries = 64;
    private protected const int Control = ChannelLayout.ToGuestControlOffset;

    public LitmusRing()
    {
        var options = new ChannelOptions(Entries, 1 << 20);
        Region = ChannelRegion.CreateOnHeap(options);
        Producer = new RingProducer(Region, Control, ChannelLayout.ToGuestRingOffset(options));
        Consumer = new RingConsumer(Region, Control, ChannelLayout.ToGuestRingOffset(options));
    }

    public ChannelRegion Region { get; }

    /// <summary>What the other end does at the weak point of a ring that is broken on purpose; the real ring has no such point.</summary>
    public Action? Meanwhile { get; set; }

    private protected RingProducer Producer { get; }

    private protected RingConsumer Consumer { get; }

    public virtual bool TryPublish(in FrameDescriptor descriptor) => Producer.TryPublish(descriptor);

    public virtual bool TryTake(out FrameDescriptor descriptor) => Consumer.TryTake(out descriptor);

    /// <summary>True when the consumer sleeps and must be woken.</summary>
    public virtual bool ConsumerWantsDoorbell() => Producer.ConsumerWantsDoorbell();

    /// <summary>True when the consumer may sleep.</summary>
    public virtual bool Arm() => Consumer.Arm();
}
