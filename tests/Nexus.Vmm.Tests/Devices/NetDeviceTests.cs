using Nexus.Diagnostics;
using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Net;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;
using Nexus.Vmm.Tests.Support.Interop;

namespace Nexus.Vmm.Tests.Devices;

[TestClass]
public sealed class NetDeviceTests : IDisposable
{
    private const ulong Buffer = 0x100000;
    private const int Frame = FrameLink.HeaderBytes + 60;
    private readonly GuestMemory _memory = GuestMemory.Create(16 << 20);
    private readonly FrameLink _guestEnd;
    private readonly FrameLink _hostEnd;
    private readonly NetDevice _device;
    private readonly VirtioTransport _transport;

    public NetDeviceTests()
    {
        (_guestEnd, _hostEnd) = SocketPair.Create();
        _device = new NetDevice(_guestEnd);
        _transport = TestQueue.Start(_device, _memory);
    }

    public void Dispose()
    {
        _device.Room.Dispose();
        _guestEnd.Dispose();
        _hostEnd.Dispose();
        _memory.Dispose();
    }

    [TestMethod]
    public void Receive_FrameBeforeThereIsRoom_ArrivesOnceThereIs()
    {
        _hostEnd.Send(Message(7));
        _transport.Push(NetDevice.ReceiveQueue);
        var queue = new TestQueue(_transport, _memory, NetDevice.ReceiveQueue);
        _transport.Push(NetDevice.ReceiveQueue);

        Assert.IsTrue(_device.IsFull);
        Assert.AreEqual(0, queue.UsedCount);

        queue.Descriptor(0, Buffer, 1600, writable: true, next: null);
        queue.Publish(0);
        queue.Notify();

        Assert.IsFalse(_device.IsFull);
        Assert.AreEqual((uint)Frame, queue.WrittenInto(0));
        Assert.AreEqual(1, _memory.ReadUInt16(Buffer + 10), "the number of buffers");
        Assert.AreEqual(7, _memory.Slice(Buffer + FrameLink.HeaderBytes, 1)[0]);
        Assert.AreNotEqual(0ul, _device.Room.Take());
    }

    [TestMethod]
    public void Receive_BufferSmallerThanTheFrame_GoesBackEmpty()
    {
        var queue = new TestQueue(_transport, _memory, NetDevice.ReceiveQueue);
        queue.Descriptor(0, Buffer, Frame - 1, writable: true, next: null);
        queue.Publish(0);
        _hostEnd.Send(Message(7));
        queue.Notify();

        Assert.AreEqual(1, queue.UsedCount);
        Assert.AreEqual(0u, queue.WrittenInto(0));
    }

    [TestMethod]
    [DataRow(Frame, Frame, DisplayName = "a frame")]
    [DataRow(FrameLink.HeaderBytes, 0, DisplayName = "nothing but a header")]
    [DataRow(0, 0, DisplayName = "nothing")]
    [DataRow(70_000, 0, DisplayName = "more than any frame has")]
    public void Transmit_AnyLength_SendsOnlyFrames(int length, int sent)
    {
        var queue = new TestQueue(_transport, _memory, 1);
        queue.Descriptor(0, Buffer, (uint)length, writable: false, next: null);
        queue.Publish(0);
        queue.Notify();

        Assert.AreEqual(1, queue.UsedCount, "the buffer comes back in any case");
        Assert.AreEqual(sent, _hostEnd.Receive(new byte[100_000]));
    }

    [TestMethod]
    public void Transmit_PeerThatDoesNotRead_LosesFramesAndGoesOn()
    {
        var queue = new TestQueue(_transport, _memory, 1);
        queue.Descriptor(0, Buffer, 60_000, writable: false, next: null);
        for (var i = 0; i < 500; i++)
        {
            queue.Publish(0);
            queue.Notify();
        }

        Assert.AreEqual(500, queue.UsedCount);
    }

    [TestMethod]
    public void Link_NoDescriptor_IsRefusedWithItsId()
    {
        var failure = Assert.ThrowsExactly<NexusException>(static () => new FrameLink(-1));

        Assert.AreEqual("NEXUS0912", failure.Diagnostic.Id);
    }

    private static byte[] Message(byte content)
    {
        var message = new byte[Frame];
        message.AsSpan(FrameLink.HeaderBytes).Fill(content);
        return message;
    }
}
