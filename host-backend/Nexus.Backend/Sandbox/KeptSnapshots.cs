using Microsoft.Extensions.Logging;

namespace Nexus.Backend.Sandbox;

/// <summary>Snapshots of functions that outlive their backend: one file a function, named by everything that it depends on, authenticated with the node's key.</summary>
/// <param name="files">Writes and checks them.</param>
/// <param name="folder">Where they are.</param>
/// <param name="logger">Told what was refused.</param>
internal sealed class KeptSnapshots(SnapshotFile files, string folder, ILogger logger)
{
    private const string Extension = ".snapshot";

    /// <summary>The one of this function with this digest; null where there is none, or it was refused and is gone.</summary>
    public async Task<SuspendedGuest?> FindAsync(string function, string digest)
    {
        var path = PathOf(function, digest);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return await files.LoadAsync(path, digest).ConfigureAwait(false);
        }
        catch (Exception refusal) when (refusal is MonitorException or IOException or UnauthorizedAccessException)
        {
            SandboxLog.SnapshotRefused(logger, function, path, refusal.Message);
            TryDelete(path);
            return null;
        }
    }

    /// <summary>Writes one; those that the function had before, and will never have again, go away. A disk that is full is no reason not to serve.</summary>
    public async Task KeepAsync(string function, string digest, SuspendedGuest guest)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var path = PathOf(function, digest);
            await files.SaveAsync(guest, digest, path).ConfigureAwait(false);
            foreach (var old in Directory.GetFiles(folder, $"{Prefix(function)}*{Extension}").Where(file => file != path))
            {
                TryDelete(old);
            }
        }
        catch (Exception failure) when (failure is MonitorException or IOException or UnauthorizedAccessException)
        {
            SandboxLog.SnapshotNotKept(logger, function, failure.Message);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Refused again next time, or of no use to anybody.
        }
    }

    // Names of functions have no dots.
    private static string Prefix(string function) => $"{function}.";

    private string PathOf(string function, string digest) => Path.Combine(folder, Prefix(function) + digest + Extension);
}
