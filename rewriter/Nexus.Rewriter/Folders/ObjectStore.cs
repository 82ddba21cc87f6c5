using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Nexus.Rewriter.Interop;

namespace Nexus.Rewriter;

/// <summary>
/// Files by content: each is stored once and hard-linked wherever it is used, so that functions share inodes and with them the page cache.
/// Safe under concurrent use by several processes: an object is complete from the moment it has its name.
/// </summary>
internal sealed class ObjectStore(string folder)
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // errno values of link(2) that mean "not here", not "broken": EPERM, EXDEV, EMLINK.
    private static readonly int[] CannotLink = [1, 18, 31];

    /// <summary>Takes the content of a file and gives it a second name.</summary>
    public void Place(string content, string destination)
    {
        var stored = Store(content);
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        if (LibC.Link(stored, destination) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        if (!CannotLink.Contains(error))
            throw new IOException($"link {stored} to {destination}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        File.Copy(stored, destination);
    }

    private string Store(string content)
    {
        var executable = (File.GetUnixFileMode(content) & UnixFileMode.UserExecute) != 0;
        using var stream = File.OpenRead(content);
        // The mode belongs to the inode, so that the same bytes with another mode are another object.
        var name = Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant() + (executable ? ".x" : "");
        var path = Path.Combine(folder, name[..2], name);
        if (File.Exists(path))
            return path;

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            stream.Position = 0;
            using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
            {
                stream.CopyTo(file);
                file.Flush(flushToDisk: true);
            }
            File.SetUnixFileMode(aside, executable ? Executable : Plain);
            // Servers tell callers when a file was last changed; equal bytes keep the time of the first.
            File.SetLastWriteTimeUtc(aside, File.GetLastWriteTimeUtc(content));
            File.Move(aside, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another builder was first. Its object stays: one that is replaced cannot be linked by who has just found it.
            File.Delete(aside);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
        return path;
    }
}
