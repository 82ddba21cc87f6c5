namespace Nexus.Backend.Images;

/// <summary>An image that was just built.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Digest">Of all its files.</param>
/// <param name="Files">Its files.</param>
public sealed record BuiltImage(string Folder, string Digest, IReadOnlyList<BuiltFile> Files);
