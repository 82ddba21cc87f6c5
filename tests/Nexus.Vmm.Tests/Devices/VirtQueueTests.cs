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
}
