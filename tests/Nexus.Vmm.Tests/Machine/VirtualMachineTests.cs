using Nexus.Diagnostics;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Machine;

[TestClass]
public sealed class VirtualMachineTests
{
    private const ulong Counter = 32 << 20;
    private static readonly MachineOptions Small = new() { MemoryBytes = 48 << 20 };
    private static readonly byte[] Key = new byte[32];

    [TestMethod]
    [DataRow(1L << 20, "NEXUS0911")]
    [DataRow((32L << 20) + 1, "NEXUS0912")]
    [DataRow(1L << 40, "NEXUS0912")]
    public void Check_MemorySize_IsRefusedWithItsId(long bytes, string id) =>
        Assert.AreEqual(id, Assert.ThrowsExactly<NexusException>(new MachineOptions { MemoryBytes = bytes }.Check).Diagnostic.Id);

    [TestMethod]
    public void Check_SharedRegionThatCouldShrink_IsRefused()
    {
        using var memory = MemoryMapping.CreateMemory("shared", 4096);
        using var bell = EventFile.Create();

        Assert.AreEqual(
            "NEXUS0912",
            Assert.ThrowsExactly<NexusException>(new MachineOptions { Shared = new(memory, bell, bell) }.Check).Diagnostic.Id
        );
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Start_PowerOff_Ends()
    {
        var exit = await RunAsync(new LongCode().Out(0x604, 0x3400, 2));

        Assert.AreEqual(ExitKind.PowerOff, exit.Kind, exit.Detail);
        Assert.IsNull(exit.Error);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Start_Reset_Ends() => Assert.AreEqual(ExitKind.Reset, (await RunAsync(new LongCode().Out(0x64, 0xFE, 1))).Kind);

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Start_TripleFault_IsACrashWithItsId()
    {
        var exit = await RunAsync(new LongCode().Raw(0x0F, 0x0B));

        Assert.AreEqual(ExitKind.Crashed, exit.Kind, exit.Detail);
        Assert.AreEqual("NEXUS0921", exit.Error!.Diagnostic.Id);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Start_PanicOnTheConsole_IsReportedWithItsReason()
    {
        var code = new LongCode();
        foreach (var letter in "Kernel panic - not syncing: no way out\r\n")
        {
            code.Out(0x3F8, letter, 1);
        }

        var exit = await RunAsync(code.Out(0x64, 0xFE, 1));

        Assert.AreEqual(ExitKind.Panicked, exit.Kind);
        Assert.AreEqual("no way out", exit.Detail);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Start_QueueThatDoesNotExist_IsAViolationWithItsId()
    {
        var exit = await RunAsync(new LongCode().Store(GuestLayout.VirtioDevices + 0x50, 77));

        Assert.AreEqual(ExitKind.Violated, exit.Kind, exit.Detail);
        Assert.AreEqual("NEXUS0920", exit.Error!.Diagnostic.Id);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Dispose_SpinningGuest_EndsIt()
    {
        using var kvm = Host.OpenKvm();
        var machine = VirtualMachine.Boot(kvm, Small, new BootOptions { Kernel = new LongCode().Count(Counter).ToKernel() });
        machine.Start();
        while (machine.Memory.ReadUInt32(Counter) == 0)
        {
            await Task.Delay(1);
        }

        machine.Dispose();

        Assert.AreEqual(ExitKind.Stopped, (await machine.Exit).Kind);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Pause_SpinningGuest_StandsStillUntilResumed()
    {
        using var kvm = Host.OpenKvm();
        using var machine = VirtualMachine.Boot(kvm, Small, new BootOptions { Kernel = new LongCode().Count(Counter).ToKernel() });
        machine.Start();
        await Reaches(machine, 1);

        Assert.IsTrue(machine.Pause());
        var standing = machine.Memory.ReadUInt32(Counter);
        await Task.Delay(20);
        Assert.AreEqual(standing, machine.Memory.ReadUInt32(Counter));
        machine.Resume();
        await Reaches(machine, standing + 1);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Restore_TwiceFromOneSnapshot_BothGoOnFromThereAndApart()
    {
        using var kvm = Host.OpenKvm();
        using var file = new MemoryStream();
        uint saved;
        using (var machine = VirtualMachine.Boot(kvm, Small, new BootOptions { Kernel = new LongCode().Count(Counter).ToKernel() }))
        {
            machine.Start();
            await Reaches(machine, 1000);
            machine.Pause();
            saved = machine.Memory.ReadUInt32(Counter);
            SnapshotWriter.Write(machine, file, Key);
        }

        file.Position = 0;
        using var snapshot = VerifiedSnapshot.Read(file, Key);
        using var first = SnapshotRestore.Restore(kvm, Small, snapshot);
        Assert.AreEqual(saved, first.Memory.ReadUInt32(Counter));
        first.Start();
        await Reaches(first, saved + 1000);
        using var second = SnapshotRestore.Restore(kvm, Small, snapshot);
        Assert.AreEqual(saved, second.Memory.ReadUInt32(Counter));
        second.Start();
        await Reaches(second, saved + 1);
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void Restore_IntoOtherDevicesOrSize_IsRefusedWithItsId()
    {
        using var kvm = Host.OpenKvm();
        using var file = new MemoryStream();
        using (var machine = VirtualMachine.Boot(kvm, Small, new BootOptions { Kernel = new LongCode().Count(Counter).ToKernel() }))
        {
            SnapshotWriter.Write(machine, file, Key);
        }

        file.Position = 0;
        using var snapshot = VerifiedSnapshot.Read(file, Key);
        foreach (var other in new[] { Small with { MemoryBytes = 64 << 20 }, Small with { HasBalloon = false } })
        {
            Assert.AreEqual(
                "NEXUS0934",
                Assert.ThrowsExactly<NexusException>(() => SnapshotRestore.Restore(kvm, other, snapshot)).Diagnostic.Id
            );
        }
    }

    private static async Task Reaches(VirtualMachine machine, uint count)
    {
        for (var i = 0; machine.Memory.ReadUInt32(Counter) < count; i++)
        {
            Assert.IsFalse(machine.Exit.IsCompleted, "the guest ended");
            Assert.IsLessThan(20_000, i);
            await Task.Delay(1);
        }
    }

    private async Task<MachineExit> RunAsync(LongCode code)
    {
        using var kvm = Host.OpenKvm();
        using var machine = VirtualMachine.Boot(kvm, Small, new BootOptions { Kernel = code.ToKernel() });
        machine.Start();
        return await machine.Exit.Within(this);
    }
}
