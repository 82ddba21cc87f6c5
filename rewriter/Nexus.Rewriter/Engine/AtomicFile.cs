namespace Nexus.Rewriter;

/// <summary>Files that are there completely or not at all.</summary>
internal static class AtomicFile
{
    public static void Write(string path, byte[] content)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(aside, content);
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }
    }
}
