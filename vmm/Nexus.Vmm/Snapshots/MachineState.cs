using System.Buffers.Binary;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;

namespace Nexus.Vmm.Snapshots;

/// <summary>Everything of a machine but its memory, in a fixed order; each part is its length and its bytes.</summary>
internal static class MachineState
{
    private const int IrqChips = 3;
    private const int MpStateBytes = 4;
    private const int ClockFlagsOffset = 8;

    /// <summary>Of a machine that stands still.</summary>
    public static byte[] Save(VirtualMachine machine)
    {
        var state = new StateWriter();
        var vcpu = machine.Vcpu;
        // First, because reading it also brings pending events into the state that is read after it.
        state.PutBytes(vcpu.Get(KvmRequest.GetMpState, MpStateBytes));
        state.PutBytes(machine.Cpuid.Bytes);
        state.PutBytes(vcpu.Get(KvmRequest.GetRegisters, 144));
        state.PutBytes(vcpu.Get(KvmRequest.GetSystemRegisters, 312));
        state.PutBytes(vcpu.Get(KvmRequest.GetXsave, KvmVcpu.XsaveBytes));
        state.PutBytes(vcpu.Get(KvmRequest.GetXcrs, KvmVcpu.XcrsBytes));
        state.PutBytes(vcpu.Get(KvmRequest.GetDebugRegisters, KvmVcpu.DebugBytes));
        state.PutBytes(vcpu.Get(KvmRequest.GetLapic, KvmVcpu.LapicBytes));
        var msrs = vcpu.GetMsrs(machine.StateMsrs);
        state.Put32((uint)msrs.Count);
        foreach (var (index, value) in msrs)
        {
            state.Put32(index);
            state.Put64(value);
        }

        state.PutBytes(vcpu.Get(KvmRequest.GetVcpuEvents, KvmVcpu.EventsBytes));
        for (var chip = 0; chip < IrqChips; chip++)
        {
            state.PutBytes(machine.Vm.GetIrqChip(chip));
        }

        state.PutBytes(machine.Vm.GetPit());
        state.PutBytes(machine.Vm.GetClock());
        state.Put64(HostNanoseconds());
        machine.Devices.Save(state);
        return state.ToArray();
    }

    /// <summary>Into a machine that has not run yet.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0933, NEXUS0934.</exception>
    public static void Load(VirtualMachine machine, ReadOnlyMemory<byte> bytes)
    {
        var state = new StateReader(bytes);
        var vcpu = machine.Vcpu;
        var mpState = state.GetBytes(MpStateBytes);
        if (!state.GetBytes().AsSpan().SequenceEqual(machine.Cpuid.Bytes))
        {
            throw VmmDiagnostics.SnapshotOfOtherCpu.With("the features reported by KVM differ");
        }

        var registers = state.GetBytes(144);
        var systemRegisters = state.GetBytes(312);
        var xsave = state.GetBytes(KvmVcpu.XsaveBytes);
        var xcrs = state.GetBytes(KvmVcpu.XcrsBytes);
        var debug = state.GetBytes(KvmVcpu.DebugBytes);
        var lapic = state.GetBytes(KvmVcpu.LapicBytes);
        var msrs = new (uint Index, ulong Value)[Math.Min(state.Get32(), 4096)];
        for (var i = 0; i < msrs.Length; i++)
        {
            msrs[i] = (state.Get32(), state.Get64());
        }

        var events = state.GetBytes(KvmVcpu.EventsBytes);
        for (var chip = 0; chip < IrqChips; chip++)
        {
            machine.Vm.SetIrqChip(state.GetBytes(KvmVm.IrqChipBytes));
        }

        machine.Vm.SetPit(state.GetBytes(KvmVm.PitBytes));
        machine.Vm.SetClock(MovedOn(state.GetBytes(KvmVm.ClockBytes), state.Get64()));

        // The order matters: the local APIC before the registers that program its timer, events last.
        vcpu.Set(KvmRequest.SetMpState, mpState, MpStateBytes);
        vcpu.Set(KvmRequest.SetRegisters, registers, registers.Length);
        vcpu.Set(KvmRequest.SetSystemRegisters, systemRegisters, systemRegisters.Length);
        vcpu.Set(KvmRequest.SetXsave, xsave, xsave.Length);
        vcpu.Set(KvmRequest.SetXcrs, xcrs, xcrs.Length);
        vcpu.Set(KvmRequest.SetDebugRegisters, debug, debug.Length);
        vcpu.Set(KvmRequest.SetLapic, lapic, lapic.Length);
        foreach (var (index, value) in msrs)
        {
            // Some can be read but not written; those a guest cannot change either.
            _ = vcpu.SetMsr(index, value);
        }

        vcpu.Set(KvmRequest.SetVcpuEvents, events, events.Length);
        vcpu.NotePause();
        machine.Devices.Load(state);
        state.End();
    }

    /// <summary>
    /// The guest's clock, later by what has passed outside. KVM can do that itself only where the host's own clock is the time stamp counter.
    /// </summary>
    private static byte[] MovedOn(byte[] clock, ulong savedAt)
    {
        var now = HostNanoseconds();
        var passed = now > savedAt ? now - savedAt : 0;
        BinaryPrimitives.WriteUInt64LittleEndian(clock, BinaryPrimitives.ReadUInt64LittleEndian(clock) + passed);
        BinaryPrimitives.WriteUInt32LittleEndian(clock.AsSpan(ClockFlagsOffset), 0);
        return clock;
    }

    private static ulong HostNanoseconds() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
