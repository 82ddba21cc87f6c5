namespace Nexus.Vmm.Interop;

/// <summary>What KVM_CHECK_EXTENSION is asked for (linux/kvm.h).</summary>
internal enum KvmCapability
{
    IrqChip = 0,
    UserMemory = 3,
    ExtendedCpuid = 7,
    MpState = 14,
    IrqFd = 32,
    Pit2 = 33,
    IoEventFd = 36,
    AdjustClock = 39,
    VcpuEvents = 41,
    DebugRegisters = 50,
    Xsave = 55,
    Xcrs = 56,
    TscDeadlineTimer = 72,
    ReadOnlyMemory = 81,
    ImmediateExit = 136,
}
