namespace Nexus.TestKit;

/// <summary>A turn among processes: held until disposed, also given up when the process dies.</summary>
internal sealed class FileTurn : IAsyncDisposable
{
    private readonly FileStream _file;

    private FileTurn(FileStream file) => _file = file;

    public static async Task<FileTurn> TakeAsync(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileTurn(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellation);
            }
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
