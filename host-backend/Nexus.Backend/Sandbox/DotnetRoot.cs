using System.Runtime.InteropServices;

namespace Nexus.Backend.Sandbox;

/// <summary>The .NET installation that guests share.</summary>
public static class DotnetRoot
{
    /// <summary>Folder that holds <c>dotnet</c> and <c>shared/</c>: DOTNET_ROOT, then the runtime this process runs on, then the PATH. Null if none.</summary>
    public static string? TryFind() => Candidates().FirstOrDefault(IsRoot);

    /// <summary>As <see cref="TryFind"/>.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0206.</exception>
    public static string Find() => TryFind() ?? throw SandboxDiagnostics.DotnetRootMissing.With(string.Join(", ", Candidates()));

    private static bool IsRoot(string folder) =>
        File.Exists(Path.Combine(folder, "dotnet")) && Directory.Exists(Path.Combine(folder, "shared"));

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } given)
        {
            yield return Path.GetFullPath(given);
        }

        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        if (ProgramPath.Find("dotnet") is { } program)
        {
            yield return Path.GetDirectoryName(program)!;
        }
    }
}
