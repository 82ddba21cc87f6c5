using Nexus.Vmm.Devices.Virtio.Balloon;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

[TestClass]
[TestCategory(Host.Kvm)]
public sealed class LinuxDeviceTests
{
    [TestMethod]
    public async Task Boot_StockKernel_UsesEveryDevice()
    {
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        using var disk = Image(3 << 20, out var diskSum);
        using var memory = Image(4 << 20, out var memorySum);
        using var peer = new NetworkPeer();
        using var machine = LinuxGuest.Boot(
            kvm,
            parts,
            "devices",
            new MachineOptions
            {
                Disks = [disk],
                PersistentMemory = [memory],
                Network = peer.GuestEnd,
            }
        );
        machine.Start();

        var exit = await machine.Exit.Within(this);

        Assert.AreEqual(ExitKind.PowerOff, exit.Kind, machine.ConsoleText);
        StringAssert.Contains(machine.ConsoleText, $"guest: disk {diskSum:x16}");
        StringAssert.Contains(machine.ConsoleText, $"guest: pmem {memorySum:x16}");
        StringAssert.Contains(machine.ConsoleText, "guest: write refused");
        StringAssert.Contains(machine.ConsoleText, "guest: network works");
        StringAssert.Matches(machine.ConsoleText, new System.Text.RegularExpressions.Regex("guest: entropy [0-9A-F]{128}"));
        Assert.IsGreaterThan(0, ((BalloonDevice)machine.Devices.BalloonTransport!.Device).ReportedBytes, "free pages were not reported");
    }

    private static OwnedDescriptor Image(int bytes, out ulong sum)
    {
        var image = MemoryMapping.CreateMemory("image", bytes);
        using var mapping = MemoryMapping.Shared(image, bytes);
        var content = mapping.Slice(0, bytes);
        new Random(bytes).NextBytes(content);
        sum = 14695981039346656037ul;
        foreach (var value in content)
        {
            sum = (sum ^ value) * 1099511628211;
        }

        return image;
    }
}
