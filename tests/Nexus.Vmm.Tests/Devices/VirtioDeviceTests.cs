using System.Buffers.Binary;
using Nexus.Diagnostics;
using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Balloon;
using Nexus.Vmm.Devices.Virtio.Block;
using Nexus.Vmm.Devices.Virtio.Console;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Devices;

[TestClass]
public sealed class VirtioDeviceTests
{
    private const ulong Header = 0x100000;
    private const ulong Data = 0x110000;
    private const ulong Status = 0x120000;

    [TestMethod]
    public void Transport_Identity_IsThatOfVersion2()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var transport = new VirtioTransport(new BalloonDevice(), memory, static () => { });

        Assert.AreEqual(0x74726976u, Read(transport, VirtioRegister.Magic));
        Assert.AreEqual(2u, Read(transport, VirtioRegister.Version));
        Assert.AreEqual(5u, Read(transport, VirtioRegister.DeviceId));
    }

    [TestMethod]
    public void Transport_DriverWithoutVersion1_SeesItsChoiceRefused()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var transport = new VirtioTransport(new BalloonDevice(), memory, static () => { });
        transport.WriteMemory(VirtioRegister.Status, BitConverter.GetBytes(11u));

        Assert.AreEqual(3u, Read(transport, VirtioRegister.Status));
    }

    [TestMethod]
    [DataRow(0ul, 1024u, 0, DisplayName = "the first sectors")]
    [DataRow(2046ul, 1024u, 0, DisplayName = "the last sectors")]
    [DataRow(2047ul, 1024u, 1, DisplayName = "beyond the end")]
    [DataRow(ulong.MaxValue, 512u, 1, DisplayName = "far beyond the end")]
    [DataRow(0ul, 100u, 1, DisplayName = "a part of a sector")]
    public void Block_Read_AnswersWithContentOrError(ulong sector, uint bytes, int status)
    {
        using var memory = GuestMemory.Create(16 << 20);
        using var image = Image();
        var queue = new TestQueue(TestQueue.Start(new BlockDevice(image, "id"u8), memory), memory, 0);

        Request(memory, queue, type: 0, sector, bytes);

        Assert.AreEqual(status, memory.Slice(Status, 1)[0]);
        if (status == 0)
        {
            Assert.AreEqual((uint)sector, memory.ReadUInt32(Data));
            Assert.AreEqual(bytes + 1, queue.WrittenInto(0));
        }
    }

    [TestMethod]
    public void Block_Write_IsRefusedAndTheImageStays()
    {
        using var memory = GuestMemory.Create(16 << 20);
        using var image = Image();
        var queue = new TestQueue(TestQueue.Start(new BlockDevice(image, "id"u8), memory), memory, 0);

        Request(memory, queue, type: 1, sector: 0, bytes: 512);

        Assert.AreEqual(1, memory.Slice(Status, 1)[0]);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(100)]
    public void Block_ImageOfAnOddSize_IsRefusedWithItsId(int bytes)
    {
        using var image = MemoryMapping.CreateMemory("image", bytes);

        Assert.AreEqual("NEXUS0913", Assert.ThrowsExactly<NexusException>(() => new BlockDevice(image, "x"u8)).Diagnostic.Id);
    }

    [TestMethod]
    public void Balloon_ReportOfFreePages_GivesThemBack()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var balloon = new BalloonDevice();
        var queue = new TestQueue(TestQueue.Start(balloon, memory), memory, 2);
        memory.Slice(0x400000, 0x200000).Fill(1);
        queue.Descriptor(0, 0x400000, 0x200000, writable: true, next: null);
        queue.Publish(0);

        queue.Notify();

        Assert.AreEqual(0, memory.Slice(0x400000, 1)[0]);
        Assert.AreEqual(0x200000, balloon.ReportedBytes);
        Assert.AreEqual(1, queue.UsedCount);
    }

    [TestMethod]
    public void Balloon_ThatIsNotToReport_OffersNoReports()
    {
        const ulong reports = 1ul << 5;

        Assert.AreEqual(reports, new BalloonDevice().Features & reports);
        Assert.AreEqual(0ul, new BalloonDevice(reports: false).Features & reports);
    }

    [TestMethod]
    public void Balloon_InflatedFrameOutsideMemory_IsAViolation()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var queue = new TestQueue(TestQueue.Start(new BalloonDevice(), memory), memory, 0);
        memory.WriteUInt32(Data, 0xFFFFFFFF);
        queue.Descriptor(0, Data, 4, writable: false, next: null);
        queue.Publish(0);

        Assert.ThrowsExactly<GuestViolationException>(queue.Notify);
    }

    [TestMethod]
    public void Console_Handshake_NamesThePortAndWakesOnlyAnOpenOne()
    {
        using var memory = GuestMemory.Create(16 << 20);
        var console = new ConsoleDevice("nexus.wake");
        var transport = TestQueue.Start(console, memory);
        var receive = new TestQueue(transport, memory, ConsoleDevice.ReceiveQueue);
        var answers = new TestQueue(transport, memory, ConsoleDevice.ControlReceiveQueue);
        var control = new TestQueue(transport, memory, 3);
        receive.Descriptor(0, Data, 64, writable: true, next: null);
        receive.Publish(0);
        for (ushort i = 0; i < 4; i++)
        {
            answers.Descriptor(i, Status + (ulong)(i * 64), 64, writable: true, next: null);
            answers.Publish(i);
        }

        console.Wake();
        transport.Push(ConsoleDevice.ReceiveQueue);
        Assert.AreEqual(0, receive.UsedCount);

        Say(memory, control, 0, port: 0, ConsoleEvent.DeviceReady, 1);
        Say(memory, control, 1, port: 0, ConsoleEvent.PortReady, 1);
        Say(memory, control, 2, port: 0, ConsoleEvent.PortOpen, 1);

        Assert.AreEqual(3, answers.UsedCount);
        Assert.AreEqual((ushort)ConsoleEvent.PortAdd, memory.ReadUInt16(Status + 4));
        Assert.AreEqual("nexus.wake", System.Text.Encoding.ASCII.GetString(memory.Slice(Status + 64 + 8, 10)));
        Assert.AreEqual(1, receive.UsedCount);
        Assert.AreEqual(1, memory.Slice(Data, 1)[0]);
    }

    [TestMethod]
    public void Transport_SavedAndLoaded_GoesOnInTheSameRing()
    {
        using var memory = GuestMemory.Create(16 << 20);
        using var image = Image();
        var transport = TestQueue.Start(new BlockDevice(image, "id"u8), memory);
        var queue = new TestQueue(transport, memory, 0);
        Request(memory, queue, type: 0, sector: 1, bytes: 512);
        var state = new StateWriter();
        transport.Save(state);

        var other = new VirtioTransport(new BlockDevice(image, "id"u8), memory, static () => { });
        var reader = new StateReader(state.ToArray());
        other.Load(reader);
        reader.End();
        queue.Publish(0);
        other.WriteMemory(VirtioRegister.QueueNotify, BitConverter.GetBytes(0u));

        Assert.AreEqual(2, queue.UsedCount);
    }

    private static void Say(GuestMemory memory, TestQueue queue, ushort slot, uint port, ConsoleEvent kind, ushort value)
    {
        var address = Header + (ulong)(slot * 16);
        memory.WriteUInt32(address, port);
        memory.WriteUInt16(address + 4, (ushort)kind);
        memory.WriteUInt16(address + 6, value);
        queue.Descriptor(slot, address, 8, writable: false, next: null);
        queue.Publish(slot);
        queue.Notify();
    }

    /// <summary>Every sector begins with its number.</summary>
    private static OwnedDescriptor Image()
    {
        const int bytes = 1 << 20;
        var image = MemoryMapping.CreateMemory("image", bytes);
        using var mapping = MemoryMapping.Shared(image, bytes);
        for (var sector = 0; sector < bytes / 512; sector++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(mapping.Slice(sector * 512, 4), sector);
        }

        return image;
    }

    private static void Request(GuestMemory memory, TestQueue queue, uint type, ulong sector, uint bytes)
    {
        memory.WriteUInt32(Header, type);
        memory.WriteUInt64(Header + 8, sector);
        queue.Descriptor(0, Header, 16, writable: false, next: 1);
        queue.Descriptor(1, Data, bytes, writable: type == 0, next: 2);
        queue.Descriptor(2, Status, 1, writable: true, next: null);
        queue.Publish(0);
        queue.Notify();
    }

    private static uint Read(VirtioTransport transport, ulong register)
    {
        var bytes = new byte[4];
        transport.ReadMemory(register, bytes);
        return BitConverter.ToUInt32(bytes);
    }
}
