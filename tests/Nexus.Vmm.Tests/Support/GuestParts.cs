using Nexus.Vmm.Boot;
using Nexus.Vmm.Images;

namespace Nexus.Vmm.Tests.Support;

/// <summary>A folder with vmlinuz, vmlinux, modules, the test's first program and the monitor.</summary>
internal sealed class GuestParts(string folder)
{
    private static readonly string[] Libraries = ["ld-linux-x86-64.so.2", "libc.so.6", "libm.so.6"];

    public KernelImage Compressed => KernelImage.Parse(File.ReadAllBytes(Path.Combine(folder, "vmlinuz")));

    public KernelImage Uncompressed => KernelImage.Parse(File.ReadAllBytes(Path.Combine(folder, "vmlinux")));

    public string Monitor => Path.Combine(folder, "nexus-vmm");

    public string KernelPath => Path.Combine(folder, "vmlinux");

    /// <summary>An initial file system with the test's first program and all modules.</summary>
    public byte[] Initrd()
    {
        var archive = new CpioArchive();
        archive.AddFolder("/dev");
        archive.AddDevice("/dev/console", 5, 1);
        archive.AddFile("/init", File.ReadAllBytes(Path.Combine(folder, "init")), isProgram: true);
        foreach (var library in Libraries)
        {
            archive.AddFile($"/lib/x86_64-linux-gnu/{library}", File.ReadAllBytes($"/lib/x86_64-linux-gnu/{library}"), isProgram: true);
        }

        archive.AddLink("/lib64", "lib/x86_64-linux-gnu");
        archive.AddTree("/modules", Path.Combine(folder, "modules"));
        return archive.Finish();
    }
}
