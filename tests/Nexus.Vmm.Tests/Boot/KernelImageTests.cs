using CsCheck;
using Nexus.Diagnostics;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Boot;

[TestClass]
public sealed class KernelImageTests
{
    private static readonly byte[] Code = [0xF4, 0x90, 0x90];

    [TestMethod]
    public void Parse_Elf_LoadsItsSegmentAndClearsWhatFollows()
    {
        var kernel = KernelImage.Parse(TinyElf.Build(Code, pvhEntry: 0x1000123));
        using var memory = GuestMemory.Create(32 << 20);
        memory.Slice(TinyElf.Address, 0x200).Fill(0xEE);

        kernel.Load(memory);

        CollectionAssert.AreEqual(Code, memory.Slice(TinyElf.Address, 3).ToArray());
        Assert.AreEqual(0, memory.Slice(TinyElf.Address + 3, 0x100).IndexOfAnyExcept((byte)0) + 1);
        Assert.AreEqual(0xEE, memory.Slice(TinyElf.Address + 0x103, 1)[0]);
        Assert.AreEqual(TinyElf.Address, kernel.EntryPoint);
        Assert.AreEqual(0x1000123u, kernel.PvhEntry);
    }

    [TestMethod]
    public void Parse_BzImage_EntersAt0x200BehindItsPreferredAddress()
    {
        var kernel = KernelImage.Parse(TinyBzImage.Build());

        Assert.AreEqual(0x1000200ul, kernel.EntryPoint);
        Assert.AreEqual(0x1010000ul, kernel.End);
        Assert.IsNull(kernel.PvhEntry);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("MZ")]
    [DataRow("#!/bin/sh\necho not a kernel")]
    public void Parse_SomethingElse_IsRefusedWithItsId(string content) => Refused(System.Text.Encoding.ASCII.GetBytes(content));

    [TestMethod]
    public void Parse_ElfOf32Bits_IsRefused() => Refused(Changed(TinyElf.Build(Code), 4, 1));

    [TestMethod]
    public void Parse_ElfCutShort_IsRefused() => Refused(TinyElf.Build(Code)[..^1]);

    [TestMethod]
    public void Parse_ElfProgramOfUserSpace_IsRefused() => Refused(Changed(TinyElf.Build(Code), 24 + 3, 0x40));

    [TestMethod]
    public void Parse_BzImageOfAnOldProtocol_IsRefused() => Refused(Changed(TinyBzImage.Build(), 0x206, 0x0B));

    [TestMethod]
    public void Parse_BzImageWithout64BitEntry_IsRefused() => Refused(Changed(TinyBzImage.Build(), 0x236, 0));

    [TestMethod]
    public void Parse_BzImageCutShort_IsRefused() => Refused(TinyBzImage.Build()[..2048]);

    [TestMethod]
    public void Parse_AnyDamage_IsRefusedOrLoadsIntoMemoryOnly()
    {
        byte[][] samples = [TinyElf.Build(Code, 0x1000000), TinyBzImage.Build()];
        using var memory = GuestMemory.Create(64 << 20);
        Gen.Select(Gen.Int[0, 1], Gen.Select(Gen.Int[0, 0x300], Gen.Byte).Array[1, 8], Gen.Int[0, 5120])
            .Sample(
                (which, changes, cut) =>
                {
                    var file = (byte[])samples[which].Clone();
                    foreach (var (at, value) in changes)
                    {
                        file[at] = value;
                    }

                    try
                    {
                        var kernel = KernelImage.Parse(
                            file.AsMemory(0, Math.Min(file.Length, file.Length - (cut % 7 == 0 ? cut % file.Length : 0)))
                        );
                        BootLoader.Load(memory, kernel, BootProtocol.Linux64, [1, 2, 3], "x");
                    }
                    catch (NexusException refusal)
                    {
                        Assert.IsTrue(refusal.Diagnostic.Id is "NEXUS0910" or "NEXUS0911", refusal.Message);
                    }
                },
                iter: 3000
            );
    }

    [TestMethod]
    public void Load_TooLittleMemory_SaysHowMuchIsNeeded()
    {
        using var memory = GuestMemory.Create(16 << 20);

        var error = Assert.ThrowsExactly<NexusException>(() =>
            BootLoader.Load(memory, KernelImage.Parse(TinyElf.Build(Code)), BootProtocol.Linux64, [], "")
        );

        Assert.AreEqual("NEXUS0911", error.Diagnostic.Id);
        StringAssert.Contains(error.Message, "33 MiB needed");
    }

    [TestMethod]
    public void Load_CommandLineTooLong_IsRefused()
    {
        using var memory = GuestMemory.Create(64 << 20);

        var error = Assert.ThrowsExactly<NexusException>(() =>
            BootLoader.Load(memory, KernelImage.Parse(TinyElf.Build(Code)), BootProtocol.Linux64, [], new string('x', 2048))
        );

        Assert.AreEqual("NEXUS0912", error.Diagnostic.Id);
    }

    private static void Refused(byte[] file) =>
        Assert.AreEqual("NEXUS0910", Assert.ThrowsExactly<NexusException>(() => KernelImage.Parse(file)).Diagnostic.Id);

    private static byte[] Changed(byte[] file, int at, byte value)
    {
        file[at] = value;
        return file;
    }
}
