using System.Security.Cryptography;
using System.Text;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Kernels;

/// <summary>A distribution's package of a kernel (deb(5)): unpacked once, of which the kernel and the modules that guests need are kept.</summary>
internal static class KernelPackage
{
    private const string KernelName = "vmlinuz";
    private const string ModulesName = "modules.cpio";
    private const string Unpacker = "dpkg-deb";

    /// <summary>The kernel out of the package.</summary>
    /// <param name="package">The file.</param>
    /// <param name="cache">Folder of what was unpacked before, by content; made when needed.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0216, NEXUS0217 or NEXUS0218.</exception>
    public static GuestKernel Unpack(string package, string cache)
    {
        var target = Path.Combine(cache, DigestOf(package) + ".kernel");
        if (!Directory.Exists(target))
        {
            var part = $"{target}.{Guid.NewGuid():N}";
            try
            {
                UnpackTo(package, part);
                Keep(part, target);
            }
            finally
            {
                if (Directory.Exists(part))
                {
                    Directory.Delete(part, recursive: true);
                }
            }
        }

        var modules = Path.Combine(target, ModulesName);
        return new GuestKernel(Path.Combine(target, KernelName), File.Exists(modules) ? modules : "");
    }

    private static void UnpackTo(string package, string part)
    {
        var tree = Path.Combine(part, "tree");
        Directory.CreateDirectory(part);
        HostProgram.Run(Unpacker, "-x", package, tree);
        var boot = Path.Combine(tree, "boot");
        var kernel = Directory.Exists(boot) ? Directory.GetFiles(boot, "vmlinuz-*").Order(StringComparer.Ordinal).FirstOrDefault() : null;
        if (kernel is null)
        {
            throw SandboxDiagnostics.KernelUnusable.With($"{package} has no boot/vmlinuz-*");
        }

        var folder =
            ModuleTree.FolderOf(kernel)
            ?? throw SandboxDiagnostics.KernelUnusable.With($"{package} has no modules for {Path.GetFileName(kernel)}");
        if (ModuleArchive.Cached(ModuleSelection.For(kernel, folder), part) is { Length: > 0 } modules)
        {
            File.Move(modules, Path.Combine(part, ModulesName));
        }

        File.Move(kernel, Path.Combine(part, KernelName));
        Directory.Delete(tree, recursive: true);
    }

    /// <summary>Complete or not there at all; another process may have made the same meanwhile.</summary>
    private static void Keep(string part, string target)
    {
        try
        {
            Directory.Move(part, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // The part goes away.
        }
    }

    private static string DigestOf(string package)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(ModuleSelection.Rules));
        using var file = File.OpenRead(package);
        hash.AppendData(SHA256.HashData(file));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
