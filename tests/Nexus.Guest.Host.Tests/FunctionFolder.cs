namespace Nexus.Guest.Host.Tests;

/// <summary>A function's published files with the host's beside them and one version of Amazon.Lambda.Core, as in an overlay.</summary>
internal sealed class FunctionFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("nexus-host-").FullName;

    /// <param name="core">Folder of the project that builds the Amazon.Lambda.Core to use, seen from the test project's.</param>
    public FunctionFolder(string core)
    {
        Copy("Subjects/Runner");
        Copy("Subjects/Handlers");
        Copy(core);
    }

    public string File(string name) => Path.Join(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private void Copy(string project)
    {
        foreach (var file in Directory.EnumerateFiles(OutputOf(project)))
        {
            System.IO.File.Copy(file, File(Path.GetFileName(file)), overwrite: true);
        }
    }

    // tests/Nexus.Guest.Host.Tests/bin/<configuration>/<framework>/ is where this runs.
    private static string OutputOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var tests = here.Parent!.Parent!.Parent!.FullName;
        return Directory.GetDirectories(Path.Join(tests, project, "bin", here.Parent.Name)).Single();
    }
}
