namespace Nexus.Backend.Images;

/// <summary>A file of an image.</summary>
/// <param name="source">Where its content is on the host.</param>
/// <param name="length">Bytes.</param>
/// <param name="isProgram">Whether it may be executed.</param>
internal sealed class ImageFile(string source, long length, bool isProgram) : ImageEntry
{
    public string Source => source;

    public long Length => length;

    public bool IsProgram => isProgram;
}
