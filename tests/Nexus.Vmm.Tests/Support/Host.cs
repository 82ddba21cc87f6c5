using Nexus.Diagnostics;
using Nexus.TestKit.Machines;
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

    /// <summary>Kernel and programs for real Linux guests: the nested run's, or the test kernel's; else the reason why there are none.</summary>
    public static async Task<GuestParts> PartsAsync()
    {
        if (Environment.GetEnvironmentVariable("NEXUS_VM_PARTS") is { } folder && Directory.Exists(folder))
        {
            return GuestParts.FromFolder(folder);
        }

        var (kernel, missing) = TestKernel.Find();
        if ((kernel is null ? missing : NativeProgram.MissingTool()) is { } reason)
        {
            Assert.Inconclusive($"{reason} './build.sh vm' runs this test in an emulated machine.");
        }

        return await GuestParts.WithTestKernelAsync(kernel!);
    }
}
