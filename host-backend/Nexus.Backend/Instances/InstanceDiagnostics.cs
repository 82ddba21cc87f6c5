using Nexus.Diagnostics;

namespace Nexus.Backend.Instances;

/// <summary>Known failures of instances and of the node, NEXUS0250 to NEXUS0299.</summary>
public static class InstanceDiagnostics
{
    public static readonly Diagnostic ProtocolBroken = new(
        "NEXUS0250",
        "An instance wrote nonsense into its channel and was ended",
        "Everything an instance writes is checked against the backend's own state; the first violation ends that instance and nothing else.",
        "If the function uses unsafe code, look for writes outside its own buffers."
    );

    public static readonly Diagnostic NotReady = new(
        "NEXUS0251",
        "An instance did not become ready",
        "The function's process ran for its whole init phase (10 s, then the function's timeout) without announcing itself.",
        "Look at the function's log for what its constructors and static initializers do."
    );

    public static readonly Diagnostic Draining = new(
        "NEXUS0252",
        "The node is shutting down",
        "It finishes the invocations it has and takes no new ones.",
        "Send the invocation to another node, or try again after the restart."
    );

    public static readonly Diagnostic QueueFull = new(
        "NEXUS0253",
        "The queue of asynchronous invocations is full",
        "10,000 events wait for their function.",
        "Let the function have more instances, or send more slowly."
    );

    public static readonly Diagnostic ListenFailed = new(
        "NEXUS0254",
        "The node cannot listen on its address",
        "Another program has the port, or the address is not this machine's.",
        "Choose another port with --listen; port 0 takes a free one."
    );

    public static IReadOnlyList<Diagnostic> All { get; } = [ProtocolBroken, NotReady, Draining, QueueFull, ListenFailed];
}
