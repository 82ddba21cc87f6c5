using Nexus.Diagnostics;

namespace Nexus.Backend.Sandbox;

/// <summary>Failures of starting, limiting and isolating function processes (NEXUS0200 to NEXUS0249).</summary>
public static class SandboxDiagnostics
{
    /// <summary>Value: the program and the system's error.</summary>
    public static readonly Diagnostic SpawnFailed = new(
        "NEXUS0200",
        "A process could not be started",
        "The system refused to start the program: it does not exist, is not executable, or a limit of processes, descriptors or memory was reached.",
        "Check that the program exists and may be executed, and run 'nexus doctor' for the host's limits."
    );

    public static IReadOnlyList<Diagnostic> All { get; } = [SpawnFailed];
}
