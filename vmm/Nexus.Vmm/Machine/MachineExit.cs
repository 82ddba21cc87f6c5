using Nexus.Diagnostics;

namespace Nexus.Vmm.Machine;

/// <summary>How a machine ended, and what there is to say about it.</summary>
internal sealed record MachineExit(ExitKind Kind, string Detail)
{
    /// <summary>The diagnostic for an end that was not wanted; null for the others.</summary>
    public NexusException? Error =>
        Kind switch
        {
            ExitKind.Panicked => VmmDiagnostics.GuestPanicked.With(Detail),
            ExitKind.Crashed => VmmDiagnostics.GuestCrashed.With(Detail),
            ExitKind.Violated => VmmDiagnostics.GuestViolation.With(Detail),
            ExitKind.Failed => VmmDiagnostics.KvmCallFailed.With(Detail),
            _ => null,
        };
}
