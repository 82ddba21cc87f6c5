namespace Nexus.Backend.Aws;

/// <summary>A body in one piece of memory.</summary>
public sealed class AwsMemoryBody(ReadOnlyMemory<byte> content) : IAwsBody
{
    /// <summary>No body.</summary>
    public static AwsMemoryBody Empty { get; } = new(default);

    public long? Length => content.Length;

    public bool Replayable => true;

    public ValueTask WriteToAsync(Stream target, CancellationToken cancellationToken) => target.WriteAsync(content, cancellationToken);

    public bool TryGetBytes(out ReadOnlyMemory<byte> bytes)
    {
        bytes = content;
        return true;
    }
}
