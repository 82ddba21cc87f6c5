using CsCheck;
using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Balloon;
using Nexus.Vmm.Devices.Virtio.Block;
using Nexus.Vmm.Devices.Virtio.Console;
using Nexus.Vmm.Devices.Virtio.Entropy;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Devices;

[TestClass]
public sealed class VirtQueueTests
{
    [TestMethod]
    public void TryTake_ChainThatLoops_IsAViolation()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var queue = new TestQueue(TestQueue.Start(new EntropyDevice(), memory), memory, 0);
        queue.Descriptor(0, 0x100000, 16, writable: true, next: 1);
        queue.Descriptor(1, 0x100000, 16, writable: true, next: 0);
        queue.Publish(0);

        Assert.ThrowsExactly<GuestViolationException>(queue.Notify);
    }

    [TestMethod]
    [DataRow(0xFFFFFFFFFFFFF000ul, 16u)]
    [DataRow(0x100000ul, 0xFFFFFFFFu)]
    [DataRow((16ul << 20) - 8, 16u)]
    [DataRow(0xD0000000ul, 4u)]
    public void TryTake_BufferOutsideMemory_IsAViolation(ulong address, uint length)
    {
        using var memory = GuestMemory.Create(16 << 20);
        var queue = new TestQueue(TestQueue.Start(new EntropyDevice(), memory), memory, 0);
        queue.Descriptor(0, address, length, writable: true, next: null);
        queue.Publish(0);

        Assert.ThrowsExactly<GuestViolationException>(queue.Notify);
    }

    [TestMethod]
    public void TryTake_HeadBeyondTheQueue_IsAViolation()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var queue = new TestQueue(TestQueue.Start(new EntropyDevice(), memory), memory, 0);
        queue.Publish(16);

        Assert.ThrowsExactly<GuestViolationException>(queue.Notify);
    }

    [TestMethod]
    public void TryTake_IndexFarAhead_IsAViolation()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var queue = new TestQueue(TestQueue.Start(new EntropyDevice(), memory), memory, 0);
        memory.WriteUInt16(queue.Available + 2, 17);

        Assert.ThrowsExactly<GuestViolationException>(queue.Notify);
    }

    [TestMethod]
    [DataRow(3u)]
    [DataRow(0u)]
    [DataRow(512u)]
    public void Resize_NotAPowerOfTwoUpTo256_IsAViolation(uint size)
    {
        using var memory = GuestMemory.Create(16 << 20);
        var transport = TestQueue.Start(new EntropyDevice(), memory);

        Assert.ThrowsExactly<GuestViolationException>(() => transport.WriteMemory(VirtioRegister.QueueSize, BitConverter.GetBytes(size)));
    }

    [TestMethod]
    public void Queue_ManyTimesAroundTheRing_GivesEveryChainBack()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var interrupts = 0;
        var queue = new TestQueue(TestQueue.Start(new EntropyDevice(), memory, () => interrupts++), memory, 0, size: 4);
        queue.Descriptor(0, 0x100000, 32, writable: true, next: null);
        for (var i = 0; i < 70_000; i++)
        {
            queue.Publish(0);
            queue.Notify();
        }

        Assert.AreEqual(70_000 & 0xFFFF, queue.UsedCount);
        Assert.AreEqual(70_000, interrupts);
        Assert.AreEqual(32u, queue.WrittenInto(0));
    }

    [TestMethod]
    public void Devices_AnyQueueContentAndRegisters_OnlyEverViolate()
    {
        using var image = MemoryMapping.CreateMemory("image", 1 << 20);
        Func<VirtioDevice>[] kinds =
        [
            () => new BlockDevice(image, "x"u8),
            static () => new EntropyDevice(),
            static () => new BalloonDevice(),
            static () => new ConsoleDevice("port"),
        ];
        using var memory = GuestMemory.Create(16 << 20);
        var step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 0x2FF], Gen.UInt, Gen.Byte.Array[16]);
        Gen.Select(Gen.Int[0, 3], step.Array[1, 60])
            .Sample(
                (kind, steps) =>
                {
                    var device = kinds[kind]();
                    var transport = TestQueue.Start(device, memory);
                    try
                    {
                        var queues = Enumerable.Range(0, device.QueueCount).Select(q => new TestQueue(transport, memory, q)).ToArray();
                        foreach (var (what, where, value, bytes) in steps)
                        {
                            Act(transport, memory, queues, what, where, value, bytes);
                        }
                    }
                    catch (GuestViolationException)
                    {
                        // What is allowed to happen, and nothing else.
                    }
                },
                iter: 4000
            );
    }

    private static void Act(
        VirtioTransport transport,
        GuestMemory memory,
        TestQueue[] queues,
        int what,
        int where,
        uint value,
        byte[] bytes
    )
    {
        var queue = queues[where % queues.Length];
        switch (what)
        {
            case 0:
                transport.WriteMemory((ulong)where, BitConverter.GetBytes(value));
                break;
            case 1:
                transport.ReadMemory((ulong)where, bytes.AsSpan(0, 1 << (where % 4)));
                break;
            case 2:
                bytes.CopyTo(memory.Slice(queue.Descriptors + (ulong)(where % 16 * 16), 16));
                break;
            case 3:
                // Mostly sensible, so that the devices' own parsers are reached.
                queue.Descriptor(
                    where % 16,
                    0x100000 + (value % 0x10000),
                    value % 600,
                    (value & 1) != 0,
                    (value & 6) == 0 ? where % 16 : null
                );
                bytes.CopyTo(memory.Slice(0x100000 + (value % 0x10000), 16));
                break;
            case 4:
                queue.Publish((ushort)(where % 16));
                break;
            default:
                queue.Notify();
                break;
        }
    }
}
