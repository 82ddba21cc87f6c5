namespace Nexus.Backend.Images;

/// <summary>Something with a name in an image.</summary>
internal abstract class ImageEntry;
