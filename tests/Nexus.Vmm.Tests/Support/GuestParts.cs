using Nexus.TestKit.Machines;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Images;

namespace Nexus.Vmm.Tests.Support;

/// <summary>What real Linux guests are made of: a kernel, what it must be told, the test's first program and the monitor.</summary>
internal sealed record GuestParts
{
    private static readonly string[] Libraries = ["ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6"];

    public required string KernelPath { get; init; }

    public required string Init { get; init; }

    public required string Monitor { get; init; }

    /// <summary>The same kernel as a bzImage; null if there is none.</summary>
    public string? CompressedPath { get; init; }

    /// <summary>A folder of modules that the first program loads; null for a kernel that has everything built in.</summary>
    public string? Modules { get; init; }

    /// <summary>Words for the kernel's command line.</summary>
    public string Parameters { get; init; } = "";

    public KernelImage Uncompressed => KernelImage.Parse(File.ReadAllBytes(KernelPath));

    public KernelImage Compressed
    {
        get
        {
            if (CompressedPath is null)
            {
                Assert.Inconclusive("This guest kernel is an ELF file only; './build.sh vm' runs this test with a distribution's.");
            }

            return KernelImage.Parse(File.ReadAllBytes(CompressedPath!));
        }
    }

    /// <summary>A stock kernel and all that goes with it, from the folder that the nested run fills.</summary>
    public static GuestParts FromFolder(string folder) =>
        new()
        {
            KernelPath = Path.Combine(folder, "vmlinux"),
            CompressedPath = Path.Combine(folder, "vmlinuz"),
            Modules = Path.Combine(folder, "modules"),
            Init = Path.Combine(folder, "init"),
            Monitor = Path.Combine(folder, "nexus-vmm"),
        };

    /// <summary>The test kernel, and programs from these sources.</summary>
    public static async Task<GuestParts> WithTestKernelAsync(TestKernel kernel) =>
        new()
        {
            KernelPath = kernel.Path,
            Parameters = kernel.Parameters,
            Init = await NativeProgram.TestInit.PublishAsync(),
            Monitor = await NativeProgram.Monitor.PublishAsync(),
        };

    /// <summary>An initial file system with the test's first program and all modules.</summary>
    public byte[] Initrd()
    {
        var archive = new CpioArchive();
        archive.AddFolder("/dev");
        archive.AddDevice("/dev/console", 5, 1);
        archive.AddFile("/init", File.ReadAllBytes(Init), isProgram: true);
        foreach (var library in Libraries)
        {
            archive.AddFile($"/lib/x86_64-linux-gnu/{library}", File.ReadAllBytes($"/lib/x86_64-linux-gnu/{library}"), isProgram: true);
        }

        archive.AddLink("/lib64", "lib/x86_64-linux-gnu");
        if (Modules is not null)
        {
            archive.AddTree("/modules", Modules);
        }

        return archive.Finish();
    }
}
