namespace Nexus.Backend.Images;

/// <summary>Images by their content: equal trees are one file, which all machines of the node share.</summary>
/// <param name="folder">Where they lie; made when needed.</param>
public sealed class ImageCache(string folder)
{
    /// <summary>The image's path; written first if nobody has before.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0212.</exception>
    public string Get(ImageTree tree) => Find(tree).Path;

    /// <summary>The same, and what there is to say about it.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0212.</exception>
    public CachedImage Find(ImageTree tree)
    {
        var digest = tree.Digest();
        var path = Path.Combine(folder, digest + ".erofs");
        if (File.Exists(path))
        {
            return new CachedImage(path, digest, WasThere: true);
        }

        Directory.CreateDirectory(folder);
        // Complete or not there at all, whoever else writes the same at the same time.
        var part = $"{path}.{Guid.NewGuid():N}";
        try
        {
            ErofsWriter.Write(tree, part);
            File.SetAttributes(part, FileAttributes.ReadOnly);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        return new CachedImage(path, digest, WasThere: false);
    }
}
