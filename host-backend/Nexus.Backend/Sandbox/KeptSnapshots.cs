using Microsoft.Extensions.Logging;

namespace Nexus.Backend.Sandbox;

/// <summary>Snapshots of functions that outlive their backend: one file a function, named by everything that it depends on, authenticated with the node's key.</summary>
/// <param name="files">Writes and checks them.</param>
/// <param name="folder">Where they are, and for how long.</param>
/// <param name="logger">Told what was refused.</param>
internal sealed class KeptSnapshots(SnapshotFile files, SnapshotFolder folder, ILogger logger)
{
    /// <summary>The one of this function with this digest; null where there is none, or it was refused and is gone.</summary>
    public async Task<SuspendedGuest?> FindAsync(string function, string digest)
    {
        if (folder.Find(function, digest) is not { } path)
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
            SnapshotFolder.TryDelete(path);
            return null;
        }
    }

    /// <summary>Writes one; those that the function had before, and will never have again, go away. A disk that is full is no reason not to serve.</summary>
    public async Task KeepAsync(string function, string digest, SuspendedGuest guest)
    {
        try
        {
            folder.Create();
            var path = folder.PathOf(function, digest);
            await files.SaveAsync(guest, digest, path).ConfigureAwait(false);
            folder.Replace(function, path);
            folder.Sweep();
        }
        catch (Exception failure) when (failure is MonitorException or IOException or UnauthorizedAccessException)
        {
            SandboxLog.SnapshotNotKept(logger, function, failure.Message);
        }
    }
}
