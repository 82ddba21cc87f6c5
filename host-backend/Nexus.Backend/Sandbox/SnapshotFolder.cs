namespace Nexus.Backend.Sandbox;

/// <summary>The files of snapshots that outlive their backend: how old one may be that is used, and how much room all of them have.</summary>
/// <param name="folder">Where they are; made when needed.</param>
/// <param name="age">An older one is deleted instead of used; its age is the time since it was written.</param>
/// <param name="bytes">Beyond this, those go that were not used for longest.</param>
internal sealed class SnapshotFolder(string folder, TimeSpan age, long bytes)
{
    private const string Extension = ".snapshot";

    // Writing one takes a second; what is older was left by a backend that was killed meanwhile.
    private static readonly TimeSpan s_longestWrite = TimeSpan.FromHours(1);

    /// <summary>Where the one of this function with this digest is, or belongs.</summary>
    public string PathOf(string function, string digest) => Path.Combine(folder, Prefix(function) + digest + Extension);

    /// <summary>The file, if there is one that may be used; noted as used now.</summary>
    public string? Find(string function, string digest)
    {
        var path = PathOf(function, digest);
        if (!File.Exists(path))
        {
            return null;
        }

        if (IsOlder(new FileInfo(path), age))
        {
            TryDelete(path);
            return null;
        }

        Try(() => File.SetLastAccessTimeUtc(path, DateTime.UtcNow));
        return path;
    }

    /// <summary>Makes the folder.</summary>
    public void Create() => Directory.CreateDirectory(folder);

    /// <summary>Deletes what a function will never want again: whatever it had before.</summary>
    /// <param name="function">The function.</param>
    /// <param name="newest">What it has now.</param>
    public void Replace(string function, string newest)
    {
        foreach (var old in Directory.GetFiles(folder, $"{Prefix(function)}*{Extension}").Where(file => file != newest))
        {
            TryDelete(old);
        }
    }

    /// <summary>Deletes what is too old, what was never finished, and what there is no room for.</summary>
    public void Sweep() =>
        Try(() =>
        {
            if (Directory.Exists(folder))
            {
                DeleteSurplus();
            }
        });

    public static void TryDelete(string path) => Try(() => File.Delete(path));

    private void DeleteSurplus()
    {
        var room = bytes;
        foreach (var file in new DirectoryInfo(folder).GetFiles().OrderByDescending(static file => file.LastAccessTimeUtc))
        {
            var isWhole = file.Extension == Extension;
            if (IsOlder(file, isWhole ? age : s_longestWrite) || (isWhole && (room -= file.Length) < 0))
            {
                TryDelete(file.FullName);
            }
        }
    }

    private static bool IsOlder(FileInfo file, TimeSpan limit) => DateTime.UtcNow - file.LastWriteTimeUtc > limit;

    // Names of functions have no dots.
    private static string Prefix(string function) => $"{function}.";

    private static void Try(Action change)
    {
        try
        {
            change();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another backend was faster, or it stays: tried again next time, and of no use to anybody.
        }
    }
}
