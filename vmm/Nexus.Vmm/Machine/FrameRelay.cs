using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Net;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>Brings what arrives on a network link into the guest: sleeps unless there is a frame, or room for one that waits.</summary>
internal static class FrameRelay
{
    public static RelayThread Start(FrameLink link, VirtioTransport card, Action<string> violated, Action before)
    {
        var device = (NetDevice)card.Device;
        return new RelayThread(
            "net",
            // The guest's first buffers are announced by a notification, and that is room too; a restored guest's were announced long ago.
            stop => EventFile.WaitAny([stop, CanTake() ? link : device.Room], milliseconds: -1),
            () =>
            {
                _ = device.Room.Take();
                card.Push(NetDevice.ReceiveQueue);
            },
            violated,
            before
        );

        bool CanTake()
        {
            lock (card.Gate)
            {
                return card.IsRunning && !device.IsFull;
            }
        }
    }
}
