using Nexus.Backend.Kernels;
using Nexus.Backend.Sandbox;

namespace Nexus.Vmm.Functions;

/// <summary>A real distribution's package and the same kernel installed must give guests the same.</summary>
internal static class KernelComparison
{
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public static void Check(string package, string kernel, string cache)
    {
        var options = new VirtualMachineOptions { Images = cache };
        var fromPackage = GuestKernel.Prepare(options with { Kernel = package });
        var installed = GuestKernel.Prepare(options with { Kernel = kernel });
        if (
            installed.Modules.Length == 0
            || !File.ReadAllBytes(fromPackage.Modules).AsSpan().SequenceEqual(File.ReadAllBytes(installed.Modules))
            || !File.ReadAllBytes(fromPackage.File).AsSpan().SequenceEqual(File.ReadAllBytes(installed.File))
        )
        {
            throw new InvalidOperationException($"{package} and {kernel} give different kernels: {fromPackage} and {installed}");
        }
    }
}
