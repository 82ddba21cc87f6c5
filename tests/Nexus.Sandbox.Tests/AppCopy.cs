namespace Nexus.Sandbox.Tests;

/// <summary>A copy of this test program's folder that a test may add to.</summary>
internal sealed class AppCopy : IDisposable
{
    public AppCopy()
    {
        Path = Directory.CreateTempSubdirectory("nexus-app-").FullName;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
