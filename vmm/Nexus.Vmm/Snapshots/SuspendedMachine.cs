using Nexus.Vmm.Devices.Control;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Snapshots;

/// <summary>
/// A snapshot in two memfds that never was a file: the memory itself, frozen where it lies, and the state. Whoever holds them made them, so there is no code to
/// check; that nobody can have changed them since, the seals say.
/// </summary>
internal static class SuspendedMachine
{
    /// <summary>Stops a machine that runs on a memfd, writes its state and freezes both; the machine is gone then.</summary>
    /// <param name="machine">Made with a <see cref="MachineOptions.MemoryFile"/>.</param>
    /// <param name="state">An empty memfd.</param>
    /// <returns>False if the machine has ended by itself.</returns>
    public static bool Suspend(VirtualMachine machine, OwnedDescriptor state)
    {
        // First, because it writes into the guest's memory from a thread of its own.
        machine.StopWaking();
        if (!machine.Pause())
        {
            return false;
        }

        var bytes = MachineState.Save(machine);
        var memory = machine.Options.MemoryFile!;
        machine.Dispose();
        MemoryMapping.Freeze(state, bytes);
        MemoryMapping.Seal(memory, content: true);
        return true;
    }

    /// <summary>Writes a suspended machine into a file that outlives the two memfds.</summary>
    /// <param name="memory">Frozen.</param>
    /// <param name="state">Frozen.</param>
    /// <param name="media">A digest of what its disks and memory devices hold.</param>
    /// <param name="file">Receives the file.</param>
    /// <param name="key">32 secret bytes of the operator.</param>
    public static void Save(OwnedDescriptor memory, OwnedDescriptor state, ReadOnlySpan<byte> media, Stream file, ReadOnlySpan<byte> key)
    {
        using var guest = GuestMemory.CopyOnWrite(memory, memory.Length, offset: 0);
        var bytes = state.ReadAll();
        var cpu = CpuIdentity.Of(new CpuidTable(StateSummary.Of(bytes).Cpuid));
        SnapshotWriter.Write(
            file,
            key,
            bytes,
            cpu,
            media,
            guest.Bytes / SnapshotFormat.PageBytes,
            number => guest.AtOffset(number * SnapshotFormat.PageBytes, SnapshotFormat.PageBytes)
        );
    }

    /// <summary>Reads such a file into two empty memfds and freezes them.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0930 to NEXUS0932, and NEXUS0934 where the media are others.</exception>
    public static void Load(Stream file, ReadOnlySpan<byte> key, ReadOnlySpan<byte> media, OwnedDescriptor memory, OwnedDescriptor state)
    {
        var snapshot = VerifiedSnapshot.Read(file, key, memory);
        if (!snapshot.Media.Span.SequenceEqual(media))
        {
            throw VmmDiagnostics.SnapshotMismatch.With(
                $"images {Convert.ToHexStringLower(media)} given, {Convert.ToHexStringLower(snapshot.Media.Span)} in the snapshot"
            );
        }

        MemoryMapping.Freeze(state, snapshot.State.Span);
    }

    /// <summary>A machine that goes on there once it is started.</summary>
    /// <param name="system">KVM.</param>
    /// <param name="options">The same devices and sizes; region and doorbells are this machine's own.</param>
    /// <param name="memory">Frozen; may be resumed from again, also at the same time.</param>
    /// <param name="state">Frozen.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0912, NEXUS0933, NEXUS0934.</exception>
    public static VirtualMachine Resume(KvmSystem system, MachineOptions options, OwnedDescriptor memory, OwnedDescriptor state)
    {
        if (!MemoryMapping.IsFrozen(memory) || !MemoryMapping.IsFrozen(state))
        {
            throw VmmDiagnostics.BadMachine.With("a suspended machine that can still be changed");
        }

        if (memory.Length != options.MemoryBytes || state.Length > SnapshotFormat.MostStateBytes)
        {
            throw VmmDiagnostics.SnapshotMismatch.With(
                $"{memory.Length >> 20} MiB of memory where {options.MemoryBytes >> 20} MiB are given"
            );
        }

        var machine = SnapshotRestore.Restore(
            system,
            options,
            GuestMemory.CopyOnWrite(memory, options.MemoryBytes, offset: 0),
            state.ReadAll()
        );
        machine.Devices.Control.Answer = ControlRegisters.IsClone;
        return machine;
    }
}
