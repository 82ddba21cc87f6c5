using Nexus.Backend.Sandbox;
using Nexus.Diagnostics;

namespace Nexus.Backend.Kernels;

/// <summary>The distribution's kernels on this machine: whether guests could boot one, without anything to be fetched.</summary>
public static class InstalledKernels
{
    private const string Name = "vm kernel";
    private const string NextStep =
        "The sandbox 'vm' boots the kernel that 'vmKernel' names: set it to a kernel's package (linux-image-*.deb), or install one that has its drivers.";

    /// <summary>Looks for one with all that a guest needs.</summary>
    /// <param name="boot">Where kernels are, <c>/boot</c>.</param>
    public static HostCheck Check(string boot)
    {
        var found = Directory.Exists(boot) ? Directory.GetFiles(boot, "vmlinuz-*").OrderDescending(StringComparer.Ordinal).ToList() : [];
        var refusals = new List<string>();
        foreach (var kernel in found)
        {
            if (Refusal(kernel) is not { } refusal)
            {
                return new HostCheck(Name, HostVerdict.Ok, kernel);
            }

            refusals.Add(refusal);
        }

        return new HostCheck(Name, HostVerdict.Warn, refusals.Count > 0 ? refusals[0] : $"no vmlinuz-* in {boot}", NextStep);
    }

    private static string? Refusal(string kernel)
    {
        try
        {
            using (File.OpenRead(kernel)) { }
            _ = ModuleTree.FolderOf(kernel) is { } folder
                ? ModuleSelection.For(kernel, folder)
                : throw SandboxDiagnostics.KernelUnusable.With($"{kernel} has no modules");
            return null;
        }
        catch (Exception failure) when (failure is NexusException or IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }
}
