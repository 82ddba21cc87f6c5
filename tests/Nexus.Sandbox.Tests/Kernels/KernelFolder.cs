using System.Diagnostics;
using Nexus.TestKit.Machines;

namespace Nexus.Sandbox.Tests.Kernels;

/// <summary>A kernel and its modules as a distribution installs them, in a folder of its own.</summary>
internal sealed class KernelFolder : IDisposable
{
    public const string Version = "6.1.0-test";
    private readonly string _folder = Directory.CreateTempSubdirectory("nexus-kernel-").FullName;

    /// <param name="modules">Folder of the modules below the root.</param>
    public KernelFolder(string modules = "lib/modules")
    {
        Modules = Path.Combine(_folder, "tree", modules, Version);
        Kernel = Path.Combine(_folder, "tree", "boot", $"vmlinuz-{Version}");
        Directory.CreateDirectory(Path.GetDirectoryName(Kernel)!);
        Directory.CreateDirectory(Path.Combine(Modules, "kernel"));
        File.WriteAllText(Kernel, $"a kernel {Version} (somebody@somewhere) #1");
        File.WriteAllText(
            Path.Combine(Modules, "modules.builtin"),
            "kernel/drivers/nvdimm/libnvdimm.ko\nkernel/crypto/crc32c_generic.ko\n"
        );
        Add("drivers/virtio/virtio_ring");
        Add("drivers/virtio/virtio", "depends=virtio_ring");
        Add("drivers/virtio/virtio_mmio", "depends=virtio,virtio_ring");
        Add("drivers/char/virtio_console", "depends=virtio_ring,virtio");
        Add("drivers/nvdimm/nd_virtio", "depends=virtio");
        Add("drivers/nvdimm/virtio_pmem", "depends=virtio,libnvdimm,nd_virtio");
        Add("drivers/nvdimm/nd_pmem", "depends=libnvdimm");
        Add("lib/libcrc32c", "softdep=pre: crc32c post: never");
        Add("fs/erofs/erofs", "depends=libcrc32c");
        Add("drivers/char/hw_random/virtio-rng", "depends=virtio");
        Add("drivers/net/virtio_net", "depends=virtio");
    }

    public string Kernel { get; }

    public string Modules { get; }

    /// <summary>Where what is made goes.</summary>
    public string Cache => Path.Combine(_folder, "cache");

    public string Add(string name, params string[] fields) => Add(name, Version, fields);

    public string Add(string name, string version, string[] fields)
    {
        var path = FileOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ModuleFile.Of([$"vermagic={version} SMP mod_unload", .. fields]));
        return path;
    }

    public string FileOf(string name) => Path.Combine(Modules, "kernel", name + ".ko");

    /// <summary>The same as a package of the distribution.</summary>
    public string Package()
    {
        var tree = Path.Combine(_folder, "tree");
        Directory.CreateDirectory(Path.Combine(tree, "DEBIAN"));
        File.WriteAllText(
            Path.Combine(tree, "DEBIAN", "control"),
            "Package: linux-image-test\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: test\n"
        );
        var package = Path.Combine(_folder, "linux-image-test.deb");
        Run("dpkg-deb", "-b", tree, package);
        return package;
    }

    public static void Run(string program, params string[] arguments)
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Assert.Inconclusive($"This host has no {program}.");
        }

        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, said.GetAwaiter().GetResult());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
