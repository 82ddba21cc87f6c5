using System.Diagnostics;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Machine;

[TestClass]
public sealed class MonitorProgramTests
{
    [TestMethod]
    [DataRow("", "NEXUS0912")]
    [DataRow("--kernel /dev/null", "NEXUS0910")]
    [DataRow("--kernel /no/such/file", "NEXUS0912")]
    [DataRow("--colour blue", "NEXUS0912")]
    [DataRow("--kernel", "NEXUS0912")]
    [DataRow("--kernel /dev/null --memory lots", "NEXUS0912")]
    [DataRow("kernel --file /dev/null", "NEXUS0910")]
    [DataRow("inspect", "NEXUS0912")]
    [DataRow("inspect --file /dev/null --key /dev/null", "NEXUS0912")]
    [DataRow("dance", "NEXUS0912")]
    public async Task Main_BadArguments_ExplainsItself(string arguments, string id)
    {
        var (code, _, errors) = await RunAsync(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "nexus-vmm.dll"), .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]
        );

        Assert.AreEqual(1, code);
        StringAssert.StartsWith(errors, $"error: {id}");
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Main_NativeProgramAndStockKernel_PrintsTheGuestsConsoleAndEndsWithIt()
    {
        Host.OpenKvm().Dispose();
        var parts = await Host.PartsAsync();
        var initrd = Path.GetTempFileName();
        File.WriteAllBytes(initrd, parts.Initrd());

        var (code, output, errors) = await RunAsync(
            parts.Monitor,
            ["--kernel", parts.KernelPath, "--initrd", initrd, "--append", $"{parts.Parameters} nexus.test=hello", "--memory", "256"]
        );

        Assert.AreEqual(0, code, errors);
        StringAssert.Contains(output, "guest: hello");
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await Task.WhenAll(output, errors).Within(this);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
