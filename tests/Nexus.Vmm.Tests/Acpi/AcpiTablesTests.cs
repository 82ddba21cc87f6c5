using System.Diagnostics;
using Nexus.Vmm.Acpi;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Tests.Acpi;

[TestClass]
public sealed class AcpiTablesTests
{
    [TestMethod]
    public void Write_Memory_TablesAreReachableFromTheRootAndAddUp()
    {
        using var memory = GuestMemory.Create(16 << 20);
        AcpiTables.Write(memory, devices: 3);
        var root = memory.Slice(GuestLayout.AcpiTables, 36);
        Assert.IsTrue(root.StartsWith("RSD PTR "u8));
        Assert.AreEqual(0, Sum(root[..20]));
        Assert.AreEqual(0, Sum(root));

        var list = Table(memory, memory.ReadUInt64(GuestLayout.AcpiTables + 24), "XSDT");
        var fadt = Table(memory, BitConverter.ToUInt64(list, 36), "FACP");
        Table(memory, BitConverter.ToUInt64(list, 44), "APIC");
        var dsdt = Table(memory, BitConverter.ToUInt64(fadt, 140), "DSDT");
        Assert.AreEqual(BitConverter.ToUInt64(fadt, 140), BitConverter.ToUInt32(fadt, 40));
        CollectionAssert.AreEqual(AcpiTables.Dsdt(3), dsdt);
        Assert.AreEqual(0ul, BitConverter.ToUInt64(fadt, 132) % 64);
    }

    [TestMethod]
    public void Write_MostDevices_StaysBelowTheMpTable()
    {
        using var memory = GuestMemory.Create(16 << 20);
        AcpiTables.Write(memory, GuestLayout.MostVirtioDevices);

        Assert.AreEqual(-1, memory.Slice(GuestLayout.MpTable, 0x10000).IndexOfAnyExcept((byte)0));
    }

    [TestMethod]
    public void Dsdt_ForeignDisassembler_SeesEveryDeviceAndItsResources()
    {
        const string disassembler = "/usr/bin/iasl";
        if (!File.Exists(disassembler))
        {
            Assert.Inconclusive("iasl (package acpica-tools) is not installed.");
        }

        var folder = Directory.CreateTempSubdirectory("nexus-acpi").FullName;
        try
        {
            var file = Path.Combine(folder, "dsdt.aml");
            File.WriteAllBytes(file, AcpiTables.Dsdt(2));
            using var process = Process.Start(
                new ProcessStartInfo(disassembler, ["-d", file]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            var text = File.ReadAllText(Path.ChangeExtension(file, ".dsl"));

            Assert.AreEqual(0, process.ExitCode, output);
            foreach (
                var expected in new[]
                {
                    "Device (VR00)",
                    "Device (VR01)",
                    "\"LNRO0005\"",
                    "0xD0001000,",
                    "ResourceConsumer, Edge, ActiveHigh, Exclusive",
                    "0x00000011,",
                    "EisaId (\"PNP0501\")",
                    "Name (\\_S5",
                }
            )
            {
                StringAssert.Contains(text, expected, text);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    [DataRow(40)]
    [DataRow(61)]
    [DataRow(62)]
    [DataRow(63)]
    [DataRow(4000)]
    [DataRow(5000)]
    public void Scope_AnyLength_SaysItsOwnLength(int textLength)
    {
        var bytes = new AmlWriter().Scope("\\_SB", s => s.Name("TEXT", new string('x', textLength))).ToArray();
        var following = bytes[1] >> 6;
        var length = following == 0 ? bytes[1] & 0x3F : bytes[1] & 0xF;
        for (var i = 0; i < following; i++)
        {
            length |= bytes[2 + i] << (4 + (8 * i));
        }

        Assert.AreEqual(bytes.Length - 1, length);
    }

    [TestMethod]
    public void MpTable_Bytes_AddUpAndCountTheirEntries()
    {
        var table = MpTable.Build();

        Assert.AreEqual(0, Sum(table));
        Assert.AreEqual(table.Length, BitConverter.ToUInt16(table, 4));
        var (position, entries) = (44, 0);
        for (; position < table.Length; entries++)
        {
            position += table[position] == 0 ? 20 : 8;
        }

        Assert.AreEqual(table.Length, position);
        Assert.AreEqual(entries, BitConverter.ToUInt16(table, 34));
    }

    private static byte[] Table(GuestMemory memory, ulong address, string signature)
    {
        var bytes = memory.Slice(address, (int)memory.ReadUInt32(address + 4)).ToArray();
        Assert.AreEqual(signature, System.Text.Encoding.ASCII.GetString(bytes, 0, 4));
        Assert.AreEqual(0, Sum(bytes), signature);
        return bytes;
    }

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var value in bytes)
        {
            sum += value;
        }

        return sum;
    }
}
