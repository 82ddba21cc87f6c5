namespace Nexus.Cli.Functions;

/// <summary>Where a function comes from: a publish folder, or a project that is published first.</summary>
/// <param name="Folder">Folder of the published function or of the project.</param>
/// <param name="Project">Path of the project file; null for a publish folder.</param>
internal sealed record FunctionSource(string Folder, string? Project)
{
    private static readonly string[] s_projects = ["*.csproj", "*.fsproj", "*.vbproj"];

    /// <param name="path">A publish folder, a project file or a folder with one.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0010.</exception>
    public static FunctionSource Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (File.Exists(full) && full.EndsWith("proj", StringComparison.OrdinalIgnoreCase))
        {
            return new FunctionSource(Path.GetDirectoryName(full)!, full);
        }

        if (!Directory.Exists(full))
        {
            // The rewriter's own error says what a publish folder is.
            return new FunctionSource(full, null);
        }

        var projects = s_projects.SelectMany(pattern => Directory.EnumerateFiles(full, pattern)).Take(2).ToList();
        return projects.Count switch
        {
            0 => new FunctionSource(full, null),
            1 => new FunctionSource(full, projects[0]),
            _ => throw CliDiagnostics.AmbiguousProject.With(path),
        };
    }
}
