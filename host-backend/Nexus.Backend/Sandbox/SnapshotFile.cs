using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Backend.Sandbox;

/// <summary>Snapshots as files (docs/snapshots.md): authenticated with the node's key and bound to the images that the machine had.</summary>
/// <param name="programs">Folder of the monitor, which writes and checks them.</param>
/// <param name="keyFile">The node's key; made when it is first needed, for its owner only.</param>
internal sealed class SnapshotFile(string programs, string keyFile)
{
    private const int KeyBytes = 32;

    /// <summary>Complete or not there at all.</summary>
    /// <param name="guest">The machine.</param>
    /// <param name="images">SHA-256 of its images.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="MonitorException">The monitor refused.</exception>
    public async Task SaveAsync(SuspendedGuest guest, string images, string path)
    {
        var part = $"{path}.{Guid.NewGuid():N}";
        try
        {
            // What a guest's memory holds is nobody else's business.
            using (var file = Create(part))
            {
                await RunAsync("save", guest, images, file).ConfigureAwait(false);
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    /// <summary>Into memfds that nobody can change any more.</summary>
    /// <exception cref="MonitorException">NEXUS0930 to NEXUS0934.</exception>
    public async Task<SuspendedGuest> LoadAsync(string path, string images)
    {
        var guest = SuspendedGuest.Create();
        try
        {
            using var file = File.OpenHandle(path);
            await RunAsync("load", guest, images, file).ConfigureAwait(false);
            return guest;
        }
        catch
        {
            guest.Dispose();
            throw;
        }
    }

    /// <summary>What there is to say about a file that was checked, by name.</summary>
    /// <exception cref="MonitorException">NEXUS0930 to NEXUS0932, NEXUS0934.</exception>
    public async Task<IReadOnlyDictionary<string, string>> InspectAsync(string path)
    {
        using var key = Key();
        using var file = File.OpenHandle(path);
        var text = await MonitorProgram
            .RunAsync(programs, ["inspect", "--file", "fd:3", "--key", "fd:4"], new Dictionary<int, SafeHandle> { [3] = file, [4] = key })
            .ConfigureAwait(false);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => line.Split('=', 2))
            .ToDictionary(static p => p[0], static p => p[1]);
    }

    private async Task RunAsync(string command, SuspendedGuest guest, string images, SafeFileHandle file)
    {
        using var key = Key();
        string[] words = [command, "--file", "fd:3", "--key", "fd:4", "--memory", "fd:5", "--state", "fd:6", "--images", images];
        var descriptors = new Dictionary<int, SafeHandle>
        {
            [3] = file,
            [4] = key,
            [5] = guest.Memory,
            [6] = guest.State,
        };
        await MonitorProgram.RunAsync(programs, words, descriptors).ConfigureAwait(false);
    }

    private SafeFileHandle Key()
    {
        if (!File.Exists(keyFile))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(keyFile)!);
            var part = $"{keyFile}.{Guid.NewGuid():N}";
            using (var file = Create(part))
            {
                RandomAccess.Write(file, RandomNumberGenerator.GetBytes(KeyBytes), 0);
            }

            // Whoever was first has made the key of the node.
            try
            {
                File.Move(part, keyFile, overwrite: false);
            }
            catch (IOException)
            {
                File.Delete(part);
            }
        }

        return File.OpenHandle(keyFile);
    }

    private static SafeFileHandle Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options).SafeFileHandle;
    }
}
