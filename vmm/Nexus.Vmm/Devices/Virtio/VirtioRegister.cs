namespace Nexus.Vmm.Devices.Virtio;

/// <summary>Registers of the memory-mapped transport, version 2 (virtio specification 1.2, section 4.2.2).</summary>
internal static class VirtioRegister
{
    public const ulong Magic = 0x000;
    public const ulong Version = 0x004;
    public const ulong DeviceId = 0x008;
    public const ulong VendorId = 0x00C;
    public const ulong DeviceFeatures = 0x010;
    public const ulong DeviceFeaturesSelect = 0x014;
    public const ulong DriverFeatures = 0x020;
    public const ulong DriverFeaturesSelect = 0x024;
    public const ulong QueueSelect = 0x030;
    public const ulong QueueMost = 0x034;
    public const ulong QueueSize = 0x038;
    public const ulong QueueReady = 0x044;
    public const ulong QueueNotify = 0x050;
    public const ulong InterruptStatus = 0x060;
    public const ulong InterruptAcknowledge = 0x064;
    public const ulong Status = 0x070;
    public const ulong QueueDescriptorsLow = 0x080;
    public const ulong QueueDescriptorsHigh = 0x084;
    public const ulong QueueDriverLow = 0x090;
    public const ulong QueueDriverHigh = 0x094;
    public const ulong QueueDeviceLow = 0x0A0;
    public const ulong QueueDeviceHigh = 0x0A4;
    public const ulong ConfigGeneration = 0x0FC;
    public const ulong Configuration = 0x100;
}
