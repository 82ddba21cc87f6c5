using Nexus.Channel;
using Nexus.Channel.Interop;

namespace Nexus.Guest;

/// <summary>The channel of a virtual machine at its pump: the port is read by whoever then drains the ring, without a thread between.</summary>
internal sealed class WakePortListener(WakePort port, ChannelPeer peer) : IPumpListener
{
    private readonly PeerListener _ring = new(peer);

    public void Collect(List<IThreadPoolWorkItem> ready)
    {
        VirtualMachineAttachment.Take(port);
        _ring.Collect(ready);
    }
}
