using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Balloon;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Devices;

/// <summary>A queue that the guest fills in advance: it need not say so unless the queue was empty.</summary>
[TestClass]
public sealed class StoredQueueTests
{
    private const ulong Buffer = 0x100000;

    [TestMethod]
    public void TryTakeStored_EmptyAndFilledInTurn_AsksForNotificationsWhileEmpty()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var transport = TestQueue.Start(new BalloonDevice(), memory);
        var guest = new TestQueue(transport, memory, 0);
        var queue = transport.Device.Queues[0];
        for (var i = 0; i < 2; i++)
        {
            guest.Descriptor(i, Buffer, 4096, writable: true, next: null);
            guest.Publish((ushort)i);
        }

        Assert.IsTrue(queue.TryTakeStored(out _));
        Assert.AreEqual(1, memory.ReadUInt16(guest.Used), "there is more");
        Assert.IsTrue(queue.TryTakeStored(out _));
        Assert.IsFalse(queue.TryTakeStored(out _));
        Assert.AreEqual(0, memory.ReadUInt16(guest.Used), "empty");

        guest.Publish(0);
        Assert.IsTrue(queue.TryTakeStored(out _));
        Assert.AreEqual(1, memory.ReadUInt16(guest.Used), "filled again");
    }
}
