using Nexus.Backend.Kernels;
using Nexus.Backend.Sandbox;

namespace Nexus.Sandbox.Tests.Kernels;

/// <summary>What doctor says of a machine's own kernels.</summary>
[TestClass]
public sealed class InstalledKernelsTests
{
    [TestMethod]
    public void Check_KernelWithItsModules_IsFound()
    {
        using var folder = new KernelFolder();

        var check = InstalledKernels.Check(Path.GetDirectoryName(folder.Kernel)!);

        Assert.AreEqual(HostVerdict.Ok, check.Verdict);
        Assert.AreEqual(folder.Kernel, check.Detail);
    }

    [TestMethod]
    public void Check_KernelWithoutADriver_SaysWhichOne()
    {
        using var folder = new KernelFolder();
        File.Delete(folder.FileOf("fs/erofs/erofs"));

        var check = InstalledKernels.Check(Path.GetDirectoryName(folder.Kernel)!);

        Assert.AreEqual(HostVerdict.Warn, check.Verdict);
        Assert.Contains("erofs", check.Detail);
        Assert.Contains("vmKernel", check.NextStep);
    }

    [TestMethod]
    public void Check_NoKernel_SaysSo()
    {
        using var folder = new KernelFolder();

        var check = InstalledKernels.Check(folder.Modules);

        Assert.AreEqual(HostVerdict.Warn, check.Verdict);
        Assert.StartsWith("no vmlinuz-*", check.Detail);
    }
}
