using Nexus.Diagnostics;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Tests.Support;

/// <summary>What this machine offers; tests that need more are reported as skipped, with the reason.</summary>
internal static class Host
{
    public const string Kvm = "Kvm";

    /// <summary>KVM, or the reason why there is none.</summary>
    public static KvmSystem OpenKvm()
    {
        try
        {
            return KvmSystem.Open();
        }
        catch (NexusException reason)
        {
            Assert.Inconclusive($"{reason.Message} './build.sh vm' runs this test in an emulated machine.");
            throw;
        }
    }

    /// <summary>Kernel, modules and programs for real Linux guests; the nested run provides them.</summary>
    public static GuestParts Parts()
    {
        var folder = Environment.GetEnvironmentVariable("NEXUS_VM_PARTS");
        if (folder is null || !Directory.Exists(folder))
        {
            Assert.Inconclusive(
                "NEXUS_VM_PARTS names no folder with a kernel for guests. './build.sh vm' runs this test in an emulated machine."
            );
        }

        return new GuestParts(folder!);
    }
}
