using Nexus.Diagnostics;
using Nexus.Vmm.Boot;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>Guests that write at random into registers, ports, queues and doorbells of every device, while the host uses them too.</summary>
[TestClass]
public sealed class HostileGuestTests
{
    private const int Guests = 120;
    private const int Machines = 60;
    private const ulong Counter = 32 << 20;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public async Task Start_ManyHostileGuests_EachEndsAloneAndANeighbourGoesOn()
    {
        using var kvm = Host.OpenKvm();
        using var neighbour = VirtualMachine.Boot(
            kvm,
            new MachineOptions { MemoryBytes = 48 << 20 },
            new BootOptions { Kernel = new LongCode().Count(Counter).ToKernel() }
        );
        neighbour.Start();
        var random = new Random(20260101);
        var ends = new Dictionary<ExitKind, int>();
        for (var guest = 0; guest < FuzzLength.Of(Guests); guest++)
        {
            var exit = await RunAsync(kvm, random);
            Assert.IsTrue(
                exit.Kind is ExitKind.Reset or ExitKind.Violated or ExitKind.PowerOff,
                $"guest {guest}: {exit.Kind}: {exit.Detail}"
            );
            ends[exit.Kind] = ends.GetValueOrDefault(exit.Kind) + 1;
        }

        TestContext.WriteLine(string.Join(' ', ends));
        Assert.IsTrue(ends.ContainsKey(ExitKind.Violated) && ends.ContainsKey(ExitKind.Reset), string.Join(' ', ends));
        var before = neighbour.Memory.ReadUInt32(Counter);
        for (var i = 0; neighbour.Memory.ReadUInt32(Counter) == before; i++)
        {
            Assert.IsFalse(neighbour.Exit.IsCompleted, "the neighbour ended");
            Assert.IsLessThan(20_000, i);
            await Task.Delay(1);
        }
    }

    [TestMethod]
    [TestCategory(Host.Kvm)]
    public void Boot_RandomConfigurations_WorkOrAreRefusedWithAnId()
    {
        using var kvm = Host.OpenKvm();
        var random = new Random(20260105);
        var refused = new Dictionary<string, int>();
        var booted = 0;
        for (var round = 0; round < FuzzLength.Of(Machines); round++)
        {
            using var parts = new RandomMachine(random);
            try
            {
                using var machine = VirtualMachine.Boot(kvm, parts.Options, parts.Boot);
                booted++;
            }
            catch (NexusException refusal)
            {
                refused[refusal.Diagnostic.Id] = refused.GetValueOrDefault(refusal.Diagnostic.Id) + 1;
            }
        }

        TestContext.WriteLine($"{booted} booted; {string.Join(' ', refused)}");
        Assert.IsGreaterThan(0, booted);
        Assert.IsGreaterThan(2, refused.Count, "several reasons");
    }

    private async Task<MachineExit> RunAsync(KvmSystem kvm, Random random)
    {
        using var parts = new FullMachine();
        using var machine = VirtualMachine.Boot(kvm, parts.Options, new BootOptions { Kernel = HostileCode.Write(random).ToKernel() });
        machine.Start();
        for (var i = 0; i < 20 && !machine.Exit.IsCompleted; i++)
        {
            parts.Disturb(machine, random);
        }

        return await machine.Exit.Within(this);
    }
}
