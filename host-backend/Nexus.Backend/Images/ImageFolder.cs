namespace Nexus.Backend.Images;

/// <summary>A folder of an image.</summary>
internal sealed class ImageFolder : ImageEntry
{
    public SortedDictionary<string, ImageEntry> Entries { get; } = new(StringComparer.Ordinal);
}
