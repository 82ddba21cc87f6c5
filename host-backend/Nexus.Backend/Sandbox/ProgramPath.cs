namespace Nexus.Backend.Sandbox;

/// <summary>Programs of the host.</summary>
internal static class ProgramPath
{
    /// <summary>Absolute path of a program on the PATH with symbolic links resolved, or null.</summary>
    public static string? Find(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var file = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return file is null ? null : new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file;
    }
}
