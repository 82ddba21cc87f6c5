using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Tests.Memory;

[TestClass]
public sealed class GuestMemoryTests
{
    [TestMethod]
    public void Slice_WithinMemory_ReadsBackWhatWasWritten()
    {
        using var memory = GuestMemory.Create(16 << 20);
        memory.WriteUInt64(0x1234, 0x1122334455667788);

        Assert.AreEqual(0x1122334455667788ul, memory.ReadUInt64(0x1234));
        Assert.AreEqual(0x7788, memory.ReadUInt16(0x1234));
    }

    [TestMethod]
    [DataRow(16ul << 20, 1)]
    [DataRow((16ul << 20) - 4, 8)]
    [DataRow(ulong.MaxValue, 8)]
    [DataRow(ulong.MaxValue - 7, 8)]
    [DataRow(GuestLayout.DeviceHole, 4)]
    [DataRow(GuestLayout.AboveHole, 4)]
    public void Slice_OutsideMemory_IsAViolation(ulong address, int length)
    {
        using var memory = GuestMemory.Create(16 << 20);

        Assert.ThrowsExactly<GuestViolationException>(() => memory.Slice(address, length));
    }

    [TestMethod]
    public void Slice_AboveTheDevicesHole_IsTheRestOfTheMemory()
    {
        using var memory = GuestMemory.Create((3L << 30) + (16 << 20));
        memory.WriteUInt32(GuestLayout.AboveHole + 8, 7);

        Assert.AreEqual(16L << 20, memory.HighBytes);
        Assert.AreEqual(7, memory.AtOffset((3L << 30) + 8, 4)[0]);
        Assert.IsFalse(memory.Contains(GuestLayout.DeviceHole - 4, 8));
        Assert.IsFalse(memory.Contains(GuestLayout.AboveHole + (16ul << 20) - 4, 8));
    }

    [TestMethod]
    public void Discard_WholePages_ReadAsZeroAndPartsOfPagesStay()
    {
        using var memory = GuestMemory.Create(16 << 20);
        memory.Slice(0x10000, 0x3000).Fill(1);

        memory.Discard(0x10800, 0x2000);

        Assert.AreEqual(1, memory.Slice(0x10FFF, 1)[0]);
        Assert.AreEqual(0, memory.Slice(0x11000, 1)[0]);
        Assert.AreEqual(1, memory.Slice(0x12000, 1)[0]);
    }
}
