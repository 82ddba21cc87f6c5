using System.Runtime.InteropServices;

namespace Nexus.Channel.Tests.Hostile;

/// <summary>A guest that writes whatever it likes into the region, next to an honest backend that the test drains by hand.</summary>
internal sealed class RawGuest : IDisposable
{
    private readonly List<IThreadPoolWorkItem> _ready = [];
    private uint _tail;

    public RawGuest(ChannelOptions? options = null)
    {
        Region = ChannelRegion.CreateOnHeap(options ?? new ChannelOptions(RingEntries: 64, ArenaBytes: 1 << 20));
        Backend = new ChannelPeer(Region, ChannelRole.Backend, Doorbell, new SilentDoorbell(), Calls.Add);
        Backend.Violated += Violations.Add;
        Region.Store32(ChannelLayout.GuestSessionOffset, Region.Load32(ChannelLayout.BackendSessionOffset));
        Drain();
    }

    public ChannelRegion Region { get; }

    public ChannelPeer Backend { get; }

    public SilentDoorbell Doorbell { get; } = new();

    public List<ProtocolViolationException> Violations { get; } = [];

    /// <summary>Calls the backend accepted.</summary>
    public List<ChannelCall> Calls { get; } = [];

    public void Publish(in FrameDescriptor descriptor)
    {
        var words = MemoryMarshal.Cast<FrameDescriptor, uint>(new ReadOnlySpan<FrameDescriptor>(in descriptor));
        var slot = ChannelLayout.ToBackendRingOffset + ((_tail % (uint)Region.Options.RingEntries) * ChannelLayout.DescriptorBytes);
        for (var i = 0; i < words.Length; i++)
        {
            Region.Store32((int)slot + (4 * i), words[i]);
        }

        SetTail(_tail + 1);
    }

    public void SetTail(uint tail) => Region.Store32(ChannelLayout.ToBackendControlOffset + ChannelLayout.TailOffset, _tail = tail);

    /// <summary>Claims to have consumed frames of the backend's.</summary>
    public void SetHead(uint head) => Region.Store32(ChannelLayout.ToGuestControlOffset + ChannelLayout.HeadOffset, head);

    /// <summary>How many frames the backend has published.</summary>
    public uint BackendTail => Region.Load32(ChannelLayout.ToGuestControlOffset + ChannelLayout.TailOffset);

    public void Drain()
    {
        Backend.Drain(_ready);
        foreach (var item in _ready.ToArray())
        {
            item.Execute();
        }

        _ready.Clear();
    }

    public void Dispose()
    {
        Calls.ForEach(call => call.Dispose());
        Backend.Dispose();
        Assert.IsTrue(Region.IsUnmapped, "something still holds the region");
    }
}
