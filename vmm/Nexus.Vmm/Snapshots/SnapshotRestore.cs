using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Snapshots;

/// <summary>Makes machines from a checked snapshot.</summary>
internal static class SnapshotRestore
{
    /// <summary>A machine that goes on where the snapshot was taken once it is started; its memory is copied page by page as it writes.</summary>
    /// <param name="system">KVM.</param>
    /// <param name="options">The same devices and sizes; the shared region and its doorbells are this machine's own.</param>
    /// <param name="snapshot">May be restored from again, also at the same time.</param>
    /// <param name="beforeThreads">Run on every thread that serves the guest, before it does.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0933, NEXUS0934.</exception>
    public static VirtualMachine Restore(KvmSystem system, MachineOptions options, VerifiedSnapshot snapshot, Action? beforeThreads = null)
    {
        if (options.MemoryBytes != snapshot.MemoryBytes)
        {
            throw VmmDiagnostics.SnapshotMismatch.With(
                $"{options.MemoryBytes >> 20} MiB given, {snapshot.MemoryBytes >> 20} MiB in the snapshot"
            );
        }

        var memory = GuestMemory.CopyOnWrite(snapshot.Memory, snapshot.MemoryBytes, offset: 0);
        return Restore(system, options, memory, snapshot.State, beforeThreads);
    }

    /// <summary>The same from memory and state; the memory is the machine's, or gone.</summary>
    public static VirtualMachine Restore(
        KvmSystem system,
        MachineOptions options,
        GuestMemory memory,
        ReadOnlyMemory<byte> state,
        Action? beforeThreads = null
    )
    {
        VirtualMachine? machine = null;
        try
        {
            machine = VirtualMachine.ForRestore(system, options, memory, beforeThreads);
            MachineState.Load(machine, state);
            machine.Devices.NoteRestore();
            return machine;
        }
        catch
        {
            machine?.Dispose();
            memory.Dispose();
            throw;
        }
    }
}
