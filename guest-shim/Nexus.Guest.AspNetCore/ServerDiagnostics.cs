using Nexus.Diagnostics;

namespace Nexus.Guest.AspNetCore;

/// <summary>Known failures of servers inside the sandbox, NEXUS0850 to NEXUS0899.</summary>
public static class ServerDiagnostics
{
    public static readonly Diagnostic SecondServer = new(
        "NEXUS0850",
        "The program starts more than one web host, and only the first is called",
        "An instance has one way in. The addresses of further hosts have no counterpart outside of the sandbox.",
        "Serve everything from one host, or run the second as a function of its own."
    );

    public static IReadOnlyList<Diagnostic> All { get; } = [SecondServer];
}
