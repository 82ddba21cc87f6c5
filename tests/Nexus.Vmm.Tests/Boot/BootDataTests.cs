using System.Buffers.Binary;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Boot;

[TestClass]
public sealed class BootDataTests
{
    [TestMethod]
    public void ZeroPage_Kernel_NamesCommandLineInitrdMapAndTables()
    {
        using var memory = GuestMemory.Create(64 << 20);
        BootLoader.Load(memory, KernelImage.Parse(TinyBzImage.Build()), BootProtocol.Linux64, [1, 2, 3], "console=x");
        var page = memory.Slice(GuestLayout.BootParameters, 4096);

        Assert.AreEqual(0xAA55, BinaryPrimitives.ReadUInt16LittleEndian(page[0x1FE..]));
        Assert.AreEqual(0xFF, page[0x210]);
        Assert.AreEqual(0x20000u, BinaryPrimitives.ReadUInt32LittleEndian(page[0x228..]));
        var initrd = BinaryPrimitives.ReadUInt32LittleEndian(page[0x218..]);
        Assert.AreEqual(3u, BinaryPrimitives.ReadUInt32LittleEndian(page[0x21C..]));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, memory.Slice(initrd, 3).ToArray());
        Assert.AreEqual(GuestLayout.AcpiTables, BinaryPrimitives.ReadUInt64LittleEndian(page[0x70..]));
        Assert.AreEqual(3, page[0x1E8]);
        Assert.AreEqual("console=x", System.Text.Encoding.ASCII.GetString(memory.Slice(GuestLayout.CommandLine, 9)));
    }

    [TestMethod]
    [DataRow(64)]
    [DataRow(4096)]
    public void MemoryMap_AnySize_CoversTheMemoryWithoutOverlapOrHole(int megabytes)
    {
        using var memory = GuestMemory.Create((long)megabytes << 20);
        var map = MemoryRange.MapOf(memory);

        Assert.AreEqual((ulong)memory.LowBytes, map.Where(r => r.Start < GuestLayout.AboveHole).Aggregate(0ul, (sum, r) => sum + r.Length));
        Assert.AreEqual(
            (ulong)memory.HighBytes,
            map.Where(r => r.Start >= GuestLayout.AboveHole).Aggregate(0ul, (sum, r) => sum + r.Length)
        );
        for (var i = 1; i < map.Count; i++)
        {
            Assert.IsTrue(map[i - 1].Start + map[i - 1].Length <= map[i].Start);
        }
    }

    [TestMethod]
    public void PvhStart_Kernel_NamesModuleCommandLineAndMap()
    {
        using var memory = GuestMemory.Create(64 << 20);
        BootLoader.Load(memory, KernelImage.Parse(TinyElf.Build([0xF4], 0x1000000)), BootProtocol.Pvh, [9, 8], "x=1");
        var info = memory.Slice(GuestLayout.BootParameters, 56);

        Assert.AreEqual(0x336EC578u, BinaryPrimitives.ReadUInt32LittleEndian(info));
        Assert.AreEqual(1u, BinaryPrimitives.ReadUInt32LittleEndian(info[12..]));
        var module = BinaryPrimitives.ReadUInt64LittleEndian(info[16..]);
        CollectionAssert.AreEqual(new byte[] { 9, 8 }, memory.Slice(memory.ReadUInt64(module), 2).ToArray());
        Assert.AreEqual(3u, BinaryPrimitives.ReadUInt32LittleEndian(info[48..]));
    }

    [TestMethod]
    public void PageTables_EveryGigabyte_MapOneToOne()
    {
        using var memory = GuestMemory.Create(64 << 20);
        PageTables.Write(memory);
        foreach (var address in new ulong[] { 0, 0x200000, 0x3FFFFFFF, 0x40000000, 0xD0000123, 0xFFFFFFFF })
        {
            Assert.AreEqual(address, Translate(memory, address));
        }
    }

    private static ulong Translate(GuestMemory memory, ulong address)
    {
        const ulong frame = 0x000FFFFFFFFFF000;
        var table = GuestLayout.BootPageTables;
        foreach (var shift in new[] { 39, 30 })
        {
            var entry = memory.ReadUInt64(table + (((address >> shift) & 511) * 8));
            Assert.AreEqual(3ul, entry & 3);
            table = entry & frame;
        }

        var page = memory.ReadUInt64(table + (((address >> 21) & 511) * 8));
        Assert.AreEqual(0x83ul, page & 0x83);
        return (page & 0x000FFFFFFFE00000) | (address & 0x1FFFFF);
    }
}
