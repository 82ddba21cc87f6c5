using System.Diagnostics;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

[TestClass]
[TestCategory(Host.Kvm)]
public sealed class LinuxBootTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow("vmlinux", BootProtocol.Linux64, "off", ExitKind.PowerOff, DisplayName = "vmlinux, 64-bit protocol, power off")]
    [DataRow("vmlinux", BootProtocol.Pvh, "reset", ExitKind.Reset, DisplayName = "vmlinux, PVH, reset")]
    [DataRow("vmlinuz", BootProtocol.Linux64, "off", ExitKind.PowerOff, DisplayName = "vmlinuz")]
    public async Task Boot_StockKernel_ReachesInitAndEndsCleanly(string file, object protocol, string end, object expected)
    {
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        var watch = Stopwatch.StartNew();
        using var machine = VirtualMachine.Boot(
            kvm,
            new MachineOptions { MemoryBytes = 256 << 20, SerialOutput = LiveConsole.Show },
            new BootOptions
            {
                Kernel = file == "vmlinux" ? parts.Uncompressed : parts.Compressed,
                Initrd = parts.Initrd(),
                Protocol = (BootProtocol)protocol,
                CommandLine = $"{BootOptions.DefaultCommandLine} {parts.Parameters} nexus.test=hello nexus.end={end}",
            }
        );
        machine.Start();

        var exit = await machine.Exit.Within(this);

        Assert.AreEqual((ExitKind)expected, exit.Kind, exit.Detail + machine.ConsoleText);
        StringAssert.Contains(machine.ConsoleText, "guest: hello");
        Assert.IsLessThan(20_000L, machine.Exits, "the kernel waited for a device that does not answer");
        TestContext.WriteLine($"{watch.ElapsedMilliseconds} ms, {machine.Exits} exits: {machine.ConsoleText.Trim()}");
    }
}
