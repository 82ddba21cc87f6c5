namespace Nexus.Architecture.Tests.Tree;

/// <summary>One text file of the repository, or of a sample that stands for one.</summary>
/// <param name="Path">Path from the repository's root, with forward slashes.</param>
/// <param name="Text">The whole text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder at the root the file belongs to, empty for root files.</summary>
    public string Area => Path.Contains('/') ? Path[..Path.IndexOf('/')] : "";

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public bool HasExtension(string extension) => Path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
