namespace Nexus.Backend.Sandbox;

/// <summary>What would otherwise fail inside the sandbox, where nobody could say it well.</summary>
internal static class SpecCheck
{
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0202, NEXUS0204.</exception>
    public static void Check(SandboxSpec spec, bool guestIsNobody)
    {
        foreach (var source in spec.ReadOnlyMounts.Select(mount => mount.Source).Prepend(spec.AppFolder))
        {
            if (!Path.Exists(source) || !Path.IsPathFullyQualified(source))
            {
                throw SandboxDiagnostics.MountSourceMissing.With(source);
            }
        }

        const UnixFileMode Open = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var mode = new DirectoryInfo(spec.AppFolder).UnixFileMode;
        if (guestIsNobody && (mode & Open) != Open)
        {
            throw SandboxDiagnostics.NotReadableForGuest.With($"{spec.AppFolder}: {mode}");
        }
    }
}
