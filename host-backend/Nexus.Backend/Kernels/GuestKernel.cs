using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>The kernel that guests boot, and the drivers that it has as modules.</summary>
/// <param name="File">vmlinux or vmlinuz.</param>
/// <param name="Modules">An initial file system with the modules; empty for a kernel that has everything built in.</param>
public sealed record GuestKernel(string File, string Modules)
{
    private const string Package = ".deb";

    /// <summary>Finds or makes it: from a kernel's file, from one that is installed with its modules, or from a distribution's package.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0210, NEXUS0216, NEXUS0217 or NEXUS0218.</exception>
    public static GuestKernel Prepare(VirtualMachineOptions options)
    {
        if (!System.IO.File.Exists(options.Kernel))
        {
            throw SandboxDiagnostics.GuestKernelMissing.With(options.Kernel.Length == 0 ? "none" : options.Kernel);
        }

        if (options.Modules.Length > 0)
        {
            return new GuestKernel(options.Kernel, options.Modules);
        }

        try
        {
            if (options.Kernel.EndsWith(Package, StringComparison.Ordinal))
            {
                return KernelPackage.Unpack(options.Kernel, options.Images);
            }

            return (options.ModuleFolder.Length > 0 ? options.ModuleFolder : ModuleTree.FolderOf(options.Kernel)) is { } folder
                ? new GuestKernel(options.Kernel, ModuleArchive.Cached(ModuleSelection.For(options.Kernel, folder), options.Images))
                : new GuestKernel(options.Kernel, "");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SandboxDiagnostics.KernelUnusable.With(failure.Message, failure);
        }
    }
}
