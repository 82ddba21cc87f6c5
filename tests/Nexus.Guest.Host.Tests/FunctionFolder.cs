namespace Nexus.Guest.Host.Tests;

/// <summary>A function's published files with the host's beside them and one version of Amazon.Lambda.Core, as in an overlay.</summary>
internal sealed class FunctionFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("nexus-host-").FullName;

    /// <param name="core">Folder name of the subject that builds the Amazon.Lambda.Core to use.</param>
    public FunctionFolder(string core)
    {
        Copy("Runner");
        Copy("Handlers");
        Copy(core);
    }

    public string File(string name) => Path.Join(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private void Copy(string subject)
    {
        foreach (var file in Directory.EnumerateFiles(OutputOf(subject)))
        {
            System.IO.File.Copy(file, File(Path.GetFileName(file)), overwrite: true);
        }
    }

    // tests/Nexus.Guest.Host.Tests/bin/<configuration>/<framework>/ is where this runs.
    private static string OutputOf(string subject)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var project = here.Parent!.Parent!.Parent!.FullName;
        return Directory.GetDirectories(Path.Join(project, "Subjects", subject, "bin", here.Parent.Name)).Single();
    }
}
