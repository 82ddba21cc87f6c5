using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Tests.Support;

/// <summary>A guest that sets devices up half rightly and then does what it likes to their registers, queues and ports.</summary>
internal static class HostileCode
{
    private const int Steps = 150;
    private const int Devices = 4;
    private const uint Rings = 0x2000000;

    private static readonly ulong[] Registers =
    [
        VirtioRegister.QueueSelect,
        VirtioRegister.QueueSize,
        VirtioRegister.QueueReady,
        VirtioRegister.QueueNotify,
        VirtioRegister.QueueDescriptorsLow,
        VirtioRegister.QueueDriverLow,
        VirtioRegister.QueueDeviceLow,
        VirtioRegister.QueueDeviceHigh,
        VirtioRegister.Status,
        VirtioRegister.InterruptAcknowledge,
        VirtioRegister.DriverFeatures,
        VirtioRegister.Configuration + 4,
    ];

    public static LongCode Write(Random random)
    {
        var code = new LongCode();
        var device = GuestLayout.VirtioDevices + ((ulong)random.Next(Devices) * GuestLayout.VirtioDeviceBytes);
        foreach (
            var (register, value) in new (ulong, uint)[]
            {
                (VirtioRegister.Status, 3),
                (VirtioRegister.DriverFeaturesSelect, 1),
                (VirtioRegister.DriverFeatures, 1),
                (VirtioRegister.QueueSize, 16),
                (VirtioRegister.QueueDescriptorsLow, Rings),
                (VirtioRegister.QueueDriverLow, Rings + 0x1000),
                (VirtioRegister.QueueDeviceLow, Rings + 0x2000),
                (VirtioRegister.QueueReady, 1),
                (VirtioRegister.Status, 15),
            }
        )
        {
            code.Store(device + register, value);
        }

        for (var step = 0; step < Steps; step++)
        {
            _ = random.Next(8) switch
            {
                0 => code.Store(device + Registers[random.Next(Registers.Length)], (uint)random.NextInt64(1L << 32)),
                1 => code.Store(device + Registers[random.Next(Registers.Length)], (uint)random.Next(20)),
                2 => code.Load(GuestLayout.VirtioDevices + (ulong)random.Next(0x8000)),
                // Resets and sleep are honest ends, so those two ports are left out.
                3 => code.Out((ushort)(random.Next(0x600) & ~0x64), (uint)random.NextInt64(1L << 32), 1 << random.Next(3)),
                4 => code.Store(Rings + 0x1000, (uint)random.Next(20) << 16),
                5 => code.Store(device + VirtioRegister.QueueNotify, (uint)random.Next(4)),
                _ => code.Store(Rings + ((ulong)random.Next(64) * 4), (uint)random.NextInt64(1L << 32) >> random.Next(32)),
            };
        }

        return code.Out(0x64, 0xFE, 1);
    }
}
