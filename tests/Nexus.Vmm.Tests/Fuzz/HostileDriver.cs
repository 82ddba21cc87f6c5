using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>
/// A driver without a guest that does what it likes to a device: registers, configuration, queues and what lies in them, most of it nearly right, so that it gets far.
/// All that may come of it is a <see cref="GuestViolationException"/>.
/// </summary>
internal sealed class HostileDriver(GuestMemory memory, Random random)
{
    private const int Steps = 120;
    private const int Entries = 16;
    private const ulong Buffers = 0x100000;
    private const int BufferBytes = 0x10000;

    private static readonly int[] s_widths = [1, 2, 4, 8];
    private static readonly ulong[] s_registers =
    [
        VirtioRegister.DeviceFeaturesSelect,
        VirtioRegister.DriverFeaturesSelect,
        VirtioRegister.DriverFeatures,
        VirtioRegister.QueueSelect,
        VirtioRegister.QueueSize,
        VirtioRegister.QueueReady,
        VirtioRegister.QueueNotify,
        VirtioRegister.InterruptAcknowledge,
        VirtioRegister.Status,
        VirtioRegister.QueueDescriptorsLow,
        VirtioRegister.QueueDescriptorsHigh,
        VirtioRegister.QueueDriverLow,
        VirtioRegister.QueueDriverHigh,
        VirtioRegister.QueueDeviceLow,
        VirtioRegister.QueueDeviceHigh,
    ];

    /// <summary>Steps that were taken, over all devices.</summary>
    public long Taken { get; private set; }

    /// <summary>Devices that ended their guest.</summary>
    public int Violations { get; private set; }

    /// <summary>One life of one device.</summary>
    /// <param name="create">Makes it.</param>
    /// <param name="host">What the host's side may do to it at any moment.</param>
    public void Run(Func<VirtioDevice> create, Action<VirtioTransport> host)
    {
        try
        {
            var transport = TestQueue.Start(create(), memory);
            var queues = Enumerable
                .Range(0, transport.Device.QueueCount)
                .Select(n => new TestQueue(transport, memory, n, Entries))
                .ToArray();
            memory.Slice(Buffers, BufferBytes).Clear();
            foreach (var queue in queues)
            {
                for (var index = 0; index < Entries; index++)
                {
                    WriteDescriptor(queue, index);
                }
            }

            for (var step = 0; step < Steps; step++)
            {
                Taken++;
                Step(transport, queues[random.Next(queues.Length)], host);
            }

            CheckState(transport, create);
        }
        catch (GuestViolationException)
        {
            Violations++;
        }
    }

    private void Step(VirtioTransport transport, TestQueue queue, Action<VirtioTransport> host)
    {
        switch (random.Next(12))
        {
            case 0 when random.Next(10) == 0:
                Write(transport, s_registers[random.Next(s_registers.Length)], Value());
                break;
            case 1:
                Write(transport, VirtioRegister.Configuration + (ulong)random.Next(80), Value());
                break;
            case 2:
                transport.ReadMemory((ulong)random.Next(0x1000), new byte[s_widths[random.Next(4)]]);
                break;
            case 3:
                host(transport);
                break;
            case 4:
                transport.Push(random.Next(transport.Device.QueueCount));
                break;
            case 5 or 6 or 7:
                WriteDescriptor(queue, random.Next(Entries));
                break;
            case 8:
                FillBuffer();
                break;
            case 9 when random.Next(30) == 0:
                // An index out of nowhere.
                memory.WriteUInt16(queue.Available + 2, (ushort)random.Next(0x10000));
                break;
            default:
                queue.Publish((ushort)random.Next(random.Next(100) == 0 ? Entries + 2 : Entries / 2));
                queue.Notify();
                break;
        }
    }

    /// <summary>Buffers to read lie before those to write, unless it is to be wrong.</summary>
    private void WriteDescriptor(TestQueue queue, int index)
    {
        var isWrong = random.Next(100) == 0;
        queue.Descriptor(
            index,
            Address(),
            Length(),
            writable: isWrong ? random.Next(2) == 0 : index >= Entries / 2,
            next: isWrong ? random.Next(Entries + 2)
                : index < Entries / 2 ? index + (Entries / 2)
                : null
        );
    }

    private ulong Address() =>
        random.Next(300) switch
        {
            0 => (ulong)random.NextInt64(),
            1 => (ulong)memory.Bytes - (ulong)random.Next(0x2000),
            // Buffers may lie in the rings themselves.
            2 => 0x10000 + (ulong)random.Next(0x10000),
            _ => Buffers + (ulong)random.Next(BufferBytes),
        };

    private uint Length() =>
        random.Next(300) switch
        {
            0 => (uint)random.NextInt64(1L << 32),
            1 => 0,
            < 20 => (uint)random.Next(1 << 16),
            < 100 => 16,
            < 200 => 512,
            _ => (uint)random.Next(2048),
        };

    private uint Value() => random.Next(2) == 0 ? (uint)random.Next(20) : (uint)random.NextInt64(1L << 32);

    /// <summary>Something that a device may take for a header: small numbers, little-endian.</summary>
    private void FillBuffer()
    {
        Span<byte> bytes = stackalloc byte[32];
        for (var i = 0; i < bytes.Length; i += 4)
        {
            BitConverter.TryWriteBytes(bytes[i..], random.Next(200) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(8));
        }

        memory.Write(Buffers + (ulong)random.Next(0x10000), bytes);
    }

    private static void Write(VirtioTransport transport, ulong register, uint value) =>
        transport.WriteMemory(register, BitConverter.GetBytes(value));

    /// <summary>Whatever state it has come to, a snapshot holds it.</summary>
    private void CheckState(VirtioTransport transport, Func<VirtioDevice> create)
    {
        var saved = new StateWriter();
        transport.Save(saved);
        var restored = new VirtioTransport(create(), memory, static () => { });
        restored.Load(new StateReader(saved.ToArray()));
        var again = new StateWriter();
        restored.Save(again);
        CollectionAssert.AreEqual(saved.ToArray(), again.ToArray(), transport.Device.Name);
    }
}
