using System.Text;
using System.Text.RegularExpressions;
using Nexus.Backend.Kernels;
using Nexus.Backend.Sandbox;
using Nexus.Diagnostics;

namespace Nexus.Sandbox.Tests.Kernels;

/// <summary>Kernels of distributions: which modules of theirs a guest gets, in which order, and what is refused.</summary>
[TestClass]
public sealed partial class GuestKernelTests
{
    private static readonly string[] s_order =
    [
        "virtio_ring",
        "virtio",
        "virtio_mmio",
        "virtio_console",
        "nd_virtio",
        "virtio_pmem",
        "nd_pmem",
        "libcrc32c",
        "erofs",
        "virtio_rng",
    ];

    [TestMethod]
    public void Prepare_InstalledKernel_TakesWhatGuestsNeedInTheOrderOfLoading()
    {
        using var folder = new KernelFolder();

        var kernel = GuestKernel.Prepare(Options(folder));

        Assert.AreEqual(folder.Kernel, kernel.File);
        CollectionAssert.AreEqual(s_order, Names(kernel));
    }

    [TestMethod]
    public void Prepare_WhatAModuleAsksForItself_ComesBeforeIt()
    {
        using var folder = new KernelFolder();
        File.WriteAllText(Path.Combine(folder.Modules, "modules.builtin"), "kernel/drivers/nvdimm/libnvdimm.ko\n");
        folder.Add("arch/x86/crypto/crc32c-intel");
        folder.Add("crypto/crc32c_generic");

        var names = Names(GuestKernel.Prepare(Options(folder)));

        Assert.AreEqual(names.IndexOf("libcrc32c") - 1, names.IndexOf("crc32c_generic"), string.Join(' ', names));
        Assert.DoesNotContain("crc32c_intel", names, "it may not fit the processor");
    }

    [TestMethod]
    public void Prepare_EqualModules_GiveEqualBytesWhereverTheyLie()
    {
        using var one = new KernelFolder();
        using var two = new KernelFolder("usr/lib/modules");
        File.SetLastWriteTimeUtc(two.FileOf("fs/erofs/erofs"), DateTime.UnixEpoch);
        File.SetAttributes(two.FileOf("fs/erofs/erofs"), FileAttributes.ReadOnly);

        var first = GuestKernel.Prepare(Options(one));
        var second = GuestKernel.Prepare(Options(two));
        File.Delete(two.FileOf("fs/erofs/erofs"));
        two.Add("fs/erofs/erofs", "depends=libcrc32c", "description=another");
        var changed = GuestKernel.Prepare(Options(two));

        Assert.AreEqual(Path.GetFileName(first.Modules), Path.GetFileName(second.Modules));
        CollectionAssert.AreEqual(File.ReadAllBytes(first.Modules), File.ReadAllBytes(second.Modules));
        Assert.AreNotEqual(Path.GetFileName(first.Modules), Path.GetFileName(changed.Modules));
    }

    [TestMethod]
    [DataRow("gzip")]
    [DataRow("xz")]
    [DataRow("zstd")]
    public void Prepare_PackedModules_GoInUnpacked(string packer)
    {
        using var plain = new KernelFolder();
        using var packed = new KernelFolder();
        foreach (var file in Directory.GetFiles(packed.Modules, "*.ko", SearchOption.AllDirectories))
        {
            KernelFolder.Run(packer, "-q", file);
            File.Delete(file);
        }

        CollectionAssert.AreEqual(
            File.ReadAllBytes(GuestKernel.Prepare(Options(plain)).Modules),
            File.ReadAllBytes(GuestKernel.Prepare(Options(packed)).Modules)
        );
    }

    [TestMethod]
    [DataRow("lib/modules")]
    [DataRow("usr/lib/modules")]
    public void Prepare_Package_IsUnpackedOnceAndGivesTheSame(string modules)
    {
        using var folder = new KernelFolder(modules);
        var installed = GuestKernel.Prepare(Options(folder));
        var options = Options(folder) with { Kernel = folder.Package() };

        var kernel = GuestKernel.Prepare(options);
        File.SetLastWriteTimeUtc(kernel.File, DateTime.UnixEpoch);
        var again = GuestKernel.Prepare(options);

        CollectionAssert.AreEqual(File.ReadAllBytes(folder.Kernel), File.ReadAllBytes(kernel.File));
        CollectionAssert.AreEqual(File.ReadAllBytes(installed.Modules), File.ReadAllBytes(kernel.Modules));
        Assert.AreEqual(kernel, again);
        Assert.AreEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(again.File), "it was unpacked again");
        Assert.HasCount(2, Directory.GetFiles(Path.GetDirectoryName(kernel.File)!), "the rest of the package is gone");
        Assert.HasCount(1, Directory.GetDirectories(folder.Cache), "nothing half done is left");
    }

    [TestMethod]
    public void Prepare_NoPackage_SaysSoAndLeavesNothing()
    {
        using var folder = new KernelFolder();
        var package = Path.Combine(folder.Modules, "linux-image-broken.deb");
        File.WriteAllText(package, "no archive");
        KernelFolder.Run("dpkg-deb", "--version");

        Refused(SandboxDiagnostics.KernelUnusable, Options(folder) with { Kernel = package }, "dpkg-deb");
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Cache));
    }

    [TestMethod]
    [DataRow("fs/erofs/erofs", "erofs")]
    [DataRow("drivers/virtio/virtio_mmio", "virtio_mmio")]
    [DataRow("lib/libcrc32c", "libcrc32c")]
    public void Prepare_KernelThatLacksADriver_NamesIt(string module, string name)
    {
        using var folder = new KernelFolder();
        File.Delete(folder.FileOf(module));

        Refused(SandboxDiagnostics.KernelLacksDrivers, Options(folder), name);
    }

    [TestMethod]
    public void Prepare_ModulesOfAnotherKernel_AreRefused()
    {
        using var folder = new KernelFolder();
        folder.Add("fs/erofs/erofs", "6.1.0-other", ["depends=libcrc32c"]);

        Refused(SandboxDiagnostics.KernelUnusable, Options(folder), "6.1.0-other");
    }

    [TestMethod]
    public void Prepare_DamagedModule_IsRefusedWhereverItWasCut()
    {
        using var folder = new KernelFolder();
        var path = folder.FileOf("fs/erofs/erofs");
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole[..length]);
            Refused(SandboxDiagnostics.KernelUnusable, Options(folder), "erofs");
        }
    }

    [TestMethod]
    public void Prepare_FolderThatHoldsNoModules_IsRefused()
    {
        using var folder = new KernelFolder();

        Refused(
            SandboxDiagnostics.KernelUnusable,
            Options(folder) with
            {
                ModuleFolder = Path.GetDirectoryName(folder.Modules)!,
            },
            "modules.builtin"
        );
    }

    [TestMethod]
    public void Prepare_KernelAlone_IsTakenAsItIs()
    {
        using var folder = new KernelFolder();
        var alone = Path.Combine(folder.Modules, "kernel", "vmlinux");
        File.Copy(folder.Kernel, alone);

        Assert.AreEqual(new GuestKernel(alone, ""), GuestKernel.Prepare(Options(folder) with { Kernel = alone }));
        CollectionAssert.AreEqual(
            s_order,
            Names(GuestKernel.Prepare(Options(folder) with { Kernel = alone, ModuleFolder = folder.Modules }))
        );
    }

    private static void Refused(Diagnostic expected, VirtualMachineOptions options, string word)
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => GuestKernel.Prepare(options));
        Assert.AreEqual(expected, failure.Diagnostic, failure.Message);
        StringAssert.Contains(failure.Message, word);
    }

    private static VirtualMachineOptions Options(KernelFolder folder) => new() { Kernel = folder.Kernel, Images = folder.Cache };

    /// <summary>The modules of an archive, which must be numbered in their order.</summary>
    private static List<string> Names(GuestKernel kernel)
    {
        var found = Member().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(kernel.Modules)));
        CollectionAssert.AreEqual(
            Enumerable.Range(0, found.Count).ToArray(),
            found.Select(static m => int.Parse(m.Groups[1].Value)).ToArray()
        );
        return [.. found.Select(static member => member.Groups[2].Value)];
    }

    [GeneratedRegex("modules/([0-9]{2})-([a-z0-9_]+)\\.ko\\0")]
    private static partial Regex Member();
}
