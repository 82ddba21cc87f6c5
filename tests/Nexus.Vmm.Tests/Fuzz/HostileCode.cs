using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>A guest that sets devices up half rightly and then does what it likes to their registers, queues and ports.</summary>
internal static class HostileCode
{
    private const int Steps = 150;

    // One more than a machine has.
    private const int Devices = 7;
    private const int MostQueues = 4;
    private const uint Rings = 0x2000000;
    private const uint RingDistance = 0x4000;

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
        var queues = 1 + random.Next(MostQueues);
        code.Store(device + VirtioRegister.Status, 3)
            .Store(device + VirtioRegister.DriverFeaturesSelect, 1)
            .Store(device + VirtioRegister.DriverFeatures, 1);
        for (var queue = 0u; queue < queues; queue++)
        {
            var rings = Rings + (queue * RingDistance);
            code.Store(device + VirtioRegister.QueueSelect, queue)
                .Store(device + VirtioRegister.QueueSize, 16)
                .Store(device + VirtioRegister.QueueDescriptorsLow, rings)
                .Store(device + VirtioRegister.QueueDriverLow, rings + 0x1000)
                .Store(device + VirtioRegister.QueueDeviceLow, rings + 0x2000)
                .Store(device + VirtioRegister.QueueReady, 1);
        }

        code.Store(device + VirtioRegister.Status, 15);

        for (var step = 0; step < Steps; step++)
        {
            var rings = Rings + ((uint)random.Next(queues) * RingDistance);
            _ = random.Next(12) switch
            {
                0 => code.Store(device + Registers[random.Next(Registers.Length)], (uint)random.NextInt64(1L << 32)),
                1 => code.Store(device + Registers[random.Next(Registers.Length)], (uint)random.Next(20)),
                2 => code.Load(GuestLayout.VirtioDevices + (ulong)random.Next(0x8000)),
                // Resets and sleep are honest ends, so those two ports are left out.
                3 => code.Out((ushort)(random.Next(0x600) & ~0x64), (uint)random.NextInt64(1L << 32), 1 << random.Next(3)),
                4 => code.Store(rings + 0x1000, (uint)random.Next(20) << 16),
                5 or 6 => code.Store(device + VirtioRegister.QueueNotify, (uint)random.Next(queues)),
                // A descriptor's address, nearly always in memory, so that devices get to work on it.
                7 => code.Store(rings + ((ulong)random.Next(16) * 16), Rings + 0x100000 + (uint)random.Next(0x10000)),
                8 => code.Store(GuestLayout.Doorbell + ((ulong)random.Next(0x3F0) * 4), (uint)random.Next(3)),
                // Not the first register, whose store ends the guest honestly.
                9 => code.Store(GuestLayout.Control + 4 + ((ulong)random.Next(0x3F0) * 4), (uint)random.NextInt64(1L << 32)),
                10 => code.In((ushort)(random.Next(0x600) & ~0x64), 1 << random.Next(3)),
                _ => code.Store(rings + ((ulong)random.Next(64) * 4), (uint)random.NextInt64(1L << 32) >> random.Next(32)),
            };
        }

        return code.Out(0x64, 0xFE, 1);
    }
}
