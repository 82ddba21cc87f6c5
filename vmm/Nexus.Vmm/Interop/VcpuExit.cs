namespace Nexus.Vmm.Interop;

/// <summary>Why KVM_RUN came back (exit_reason of struct kvm_run), as far as the monitor knows reasons.</summary>
internal enum VcpuExit : uint
{
    Unknown = 0,
    Exception = 1,
    Port = 2,
    Debug = 4,
    Halt = 5,
    Memory = 6,
    Interrupted = 10,
    Shutdown = 8,
    FailedEntry = 9,
    InternalError = 17,
    SystemEvent = 24,
}
