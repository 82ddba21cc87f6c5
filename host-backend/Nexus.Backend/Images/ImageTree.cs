using System.Security.Cryptography;
using System.Text;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Images;

/// <summary>
/// What an image is to hold: folders, files by where their content is, and links. Nothing else of the host goes in, neither times nor owners, so that equal content
/// gives equal images.
/// </summary>
public sealed class ImageTree
{
    private readonly ImageFolder _root = new();

    internal ImageFolder Root => _root;

    /// <summary>A folder and those above it.</summary>
    public void AddFolder(string path) => FolderAt(path);

    /// <summary>A file of the host; its content is read when the image is written.</summary>
    public void AddFile(string path, string source)
    {
        var file = new FileInfo(source);
        Add(path, new ImageFile(source, file.Length, (file.UnixFileMode & UnixFileMode.UserExecute) != 0));
    }

    /// <summary>A symbolic link.</summary>
    public void AddLink(string path, string target) => Add(path, new ImageLink(target));

    /// <summary>Everything below a folder of the host. Links that point to somewhere in it stay links, others become what they point to.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0212: there is something that is neither.</exception>
    public void AddTree(string path, string source)
    {
        AddFolder(path);
        foreach (var entry in new DirectoryInfo(source).EnumerateFileSystemInfos().OrderBy(static e => e.Name, StringComparer.Ordinal))
        {
            var target = path.TrimEnd('/') + "/" + entry.Name;
            if (entry.LinkTarget is { } link && !Path.IsPathFullyQualified(link))
            {
                AddLink(target, link);
            }
            else if (entry is DirectoryInfo && entry.LinkTarget is null)
            {
                AddTree(target, entry.FullName);
            }
            else if (File.ResolveLinkTarget(entry.FullName, returnFinalTarget: true) is { } final && File.Exists(final.FullName))
            {
                AddFile(target, final.FullName);
            }
            else if (entry is FileInfo && entry.LinkTarget is null && (entry.Attributes & FileAttributes.Device) == 0)
            {
                AddFile(target, entry.FullName);
            }
            else
            {
                throw SandboxDiagnostics.ImageNotBuilt.With($"{entry.FullName} is neither a file nor a folder");
            }
        }
    }

    /// <summary>Names the content: paths, kinds and bytes, in an order of their own.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "", _root);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, string path, ImageEntry entry)
    {
        switch (entry)
        {
            case ImageFolder folder:
                hash.AppendData(Encoding.UTF8.GetBytes($"d {path}\0"));
                foreach (var (name, child) in folder.Entries)
                {
                    Add(hash, $"{path}/{name}", child);
                }

                break;
            case ImageFile file:
                hash.AppendData(Encoding.UTF8.GetBytes($"{(file.IsProgram ? 'x' : 'f')} {path}\0"));
                using (var content = File.OpenRead(file.Source))
                {
                    hash.AppendData(SHA256.HashData(content));
                }

                break;
            case ImageLink link:
                hash.AppendData(Encoding.UTF8.GetBytes($"l {path}\0{link.Target}\0"));
                break;
        }
    }

    private void Add(string path, ImageEntry entry)
    {
        path = path.TrimEnd('/');
        var at = path.LastIndexOf('/');
        FolderAt(path[..at]).Entries[path[(at + 1)..]] = entry;
    }

    private ImageFolder FolderAt(string path)
    {
        var folder = _root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!folder.Entries.TryGetValue(name, out var next))
            {
                folder.Entries.Add(name, next = new ImageFolder());
            }

            folder = next as ImageFolder ?? throw SandboxDiagnostics.ImageNotBuilt.With($"{path}: {name} is a folder and something else");
        }

        return folder;
    }
}
