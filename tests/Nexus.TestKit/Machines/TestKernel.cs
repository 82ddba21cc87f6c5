using System.Diagnostics;

namespace Nexus.TestKit.Machines;

/// <summary>
/// The guest kernel that runs at speed on this host's KVM: NEXUS_TEST_KERNEL names it (vmlinux, or vmlinux.xz), else it lies beside the checkout. It has every
/// driver built in.
/// </summary>
/// <param name="Path">The unpacked kernel.</param>
/// <param name="Parameters">What its command line needs.</param>
public sealed record TestKernel(string Path, string Parameters)
{
    // What it does not bear where KVM emulates a guest's kernel; harmless elsewhere.
    private const string Needed = "no-kvmapf no-steal-acc clearcpuid=smep,smap,fsgsbase,umip,pcid,rdseed";

    private const string Variable = "NEXUS_TEST_KERNEL";

    /// <summary>The kernel, or the reason why there is none.</summary>
    public static (TestKernel? Kernel, string Reason) Find()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        var file = given is { Length: > 0 }
            ? given
            : System.IO.Path.GetFullPath(RepositoryRoot.Combine("..", "shared", "test-kernel", "vmlinux.xz"));
        if (!File.Exists(file))
        {
            return (null, $"No kernel for guests: {Variable} names none, and there is no {file}.");
        }

        return file.EndsWith(".xz", StringComparison.Ordinal) ? Unpack(file) : (new TestKernel(file, Needed), "");
    }

    private static (TestKernel?, string) Unpack(string file)
    {
        var packed = new FileInfo(file);
        var target = RepositoryRoot.Combine("artifacts", "vm", $"vmlinux-{packed.Length:x}-{packed.LastWriteTimeUtc.Ticks:x}");
        if (!File.Exists(target))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            var part = $"{target}.{Environment.ProcessId}";
            try
            {
                using var xz = Process.Start(new ProcessStartInfo("xz", ["-dc", file]) { RedirectStandardOutput = true })!;
                using (var output = File.Create(part))
                {
                    xz.StandardOutput.BaseStream.CopyTo(output);
                }

                xz.WaitForExit();
                if (xz.ExitCode != 0)
                {
                    throw new InvalidDataException($"xz could not unpack {file}");
                }

                File.Move(part, target, overwrite: true);
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return (null, $"The guest kernel {file} is packed, and the program 'xz' is missing.");
            }
            finally
            {
                File.Delete(part);
            }
        }

        return (new TestKernel(target, Needed), "");
    }
}
