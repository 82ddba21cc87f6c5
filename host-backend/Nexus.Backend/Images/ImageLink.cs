namespace Nexus.Backend.Images;

/// <summary>A symbolic link of an image.</summary>
/// <param name="target">What it says.</param>
internal sealed class ImageLink(string target) : ImageEntry
{
    public string Target => target;
}
