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

    private static readonly TimeSpan s_renewal = TimeSpan.FromMilliseconds(250);

    /// <param name="machine">About to be started.</param>
    /// <param name="state">Receives its state.</param>
    /// <param name="asked">Rung when it is to be suspended; null to do it where the guest would join its channel.</param>
    public static async Task<int> RunAsync(VirtualMachine machine, OwnedDescriptor state, EventFile? asked)
    {
        Task<bool> ready;
        if (asked is null)
        {
            machine.Devices.Control.Answer = ControlRegisters.Wait;
            ready = machine.Devices.Control.Asked;
        }
        else
        {
            ready = Task.Run(() => EventFile.WaitAny([asked], milliseconds: -1) == 0);
        }

        machine.Start();
        await Task.WhenAny(machine.Exit, ready);
        if (asked is not null && !machine.Exit.IsCompleted)
        {
            // What every clone does first, once ahead: the code for it is then in the snapshot, compiled.
            machine.Devices.NoteRestore();
            await Task.WhenAny(machine.Exit, Task.Delay(s_renewal));
        }

        return ready is { IsCompletedSuccessfully: true, Result: true } && SuspendedMachine.Suspend(machine, state) ? Done : Refused;
    }
}
