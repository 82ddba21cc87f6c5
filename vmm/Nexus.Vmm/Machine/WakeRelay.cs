using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Console;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>Turns the host's doorbell into a byte on the guest's wake port.</summary>
internal static class WakeRelay
{
    public static RelayThread Start(EventFile doorbell, VirtioTransport port, BalloonTrim? trim, Action<string> violated, Action before) =>
        new("wake", stop => EventFile.WaitAny([stop, doorbell], milliseconds: -1), () => Wake(doorbell, port, trim), violated, before);

    private static void Wake(EventFile doorbell, VirtioTransport port, BalloonTrim? trim)
    {
        trim?.Cancel();
        _ = doorbell.Take();
        lock (port.Gate)
        {
            ((ConsoleDevice)port.Device).Wake();
            port.Push(ConsoleDevice.ReceiveQueue);
        }
    }
}
