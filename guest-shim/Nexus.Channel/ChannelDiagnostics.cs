using Nexus.Diagnostics;

namespace Nexus.Channel;

/// <summary>Known failures of the channel, NEXUS0500 to NEXUS0599.</summary>
public static class ChannelDiagnostics
{
    public static readonly Diagnostic NotARegion = new(
        "NEXUS0500",
        "The inherited descriptor is not a channel region of this version",
        "NEXUS_CHANNEL names a descriptor that is not a sealed memfd with a version 1 header: the process was not started by a backend, or by one of another version.",
        "Start the function with `nexus run` or `nexus serve`, with the guest assemblies of the same Nexus version."
    );

    public static readonly Diagnostic Violation = new(
        "NEXUS0501",
        "The other end of the channel broke the protocol",
        "A descriptor, an index, an id or a length was outside what the protocol allows. The backend ends such an instance and trusts nothing it wrote.",
        "If the function uses unsafe code, look for writes outside its own buffers; otherwise report it with the value shown."
    );

    public static readonly Diagnostic SessionLost = new(
        "NEXUS0502",
        "The backend went away while the call was in flight",
        "The backend process was restarted or ended. The call may or may not have reached the service.",
        "Retry, as for any connection that breaks; the instance joins the new backend by itself."
    );

    public static readonly Diagnostic DeadlineExceeded = new(
        "NEXUS0503",
        "The call's deadline passed",
        "No answer came in time: the service is slow or unreachable, or the backend is gone.",
        "Look at the backend's log and health page; raise the client's or the function's timeout if the service needs longer."
    );

    public static readonly Diagnostic BadAttachment = new(
        "NEXUS0504",
        "NEXUS_CHANNEL is not understood",
        "It must be three descriptor numbers: region, doorbell to the backend, doorbell to the guest, such as 3,4,5; or 'vm' inside a virtual machine whose kernel command line names them.",
        "Unset NEXUS_CHANNEL to run without Nexus, or start the function with `nexus run`."
    );

    public static IReadOnlyList<Diagnostic> All { get; } = [NotARegion, Violation, SessionLost, DeadlineExceeded, BadAttachment];
}
