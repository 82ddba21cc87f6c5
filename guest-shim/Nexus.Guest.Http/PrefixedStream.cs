namespace Nexus.Guest.Http;

/// <summary>Bytes that were read ahead, then the rest.</summary>
internal sealed class PrefixedStream(byte[] prefix, Stream rest) : ReadOnlyStream
{
    private int _taken;

    public override int Read(Span<byte> buffer) => buffer.Length > 0 && _taken < prefix.Length ? Take(buffer) : rest.Read(buffer);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.Length > 0 && _taken < prefix.Length ? new(Take(buffer.Span)) : rest.ReadAsync(buffer, cancellationToken);

    private int Take(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, prefix.Length - _taken);
        prefix.AsSpan(_taken, count).CopyTo(buffer);
        _taken += count;
        return count;
    }
}
