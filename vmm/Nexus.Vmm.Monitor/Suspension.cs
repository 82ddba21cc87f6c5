using Nexus.Vmm.Devices.Control;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Monitor;

/// <summary>Boots a machine only to suspend it.</summary>
internal static class Suspension
{
    /// <summary>The machine was suspended.</summary>
    public const int Done = 0;

    /// <summary>The guest ended before, or said that a snapshot would be worth nothing.</summary>
    public const int Refused = 3;

    public static async Task<int> RunAsync(VirtualMachine machine, OwnedDescriptor state)
    {
        machine.Devices.Control.Answer = ControlRegisters.Wait;
        machine.Start();
        await Task.WhenAny(machine.Exit, machine.Devices.Control.Asked);
        return machine.Devices.Control.Asked is { IsCompletedSuccessfully: true, Result: true } && SuspendedMachine.Suspend(machine, state)
            ? Done
            : Refused;
    }
}
