namespace Nexus.Vmm.Devices.Virtio.Console;

/// <summary>Messages on the control queues.</summary>
internal enum ConsoleEvent : ushort
{
    DeviceReady = 0,
    PortAdd = 1,
    PortReady = 3,
    PortOpen = 6,
    PortName = 7,
}
