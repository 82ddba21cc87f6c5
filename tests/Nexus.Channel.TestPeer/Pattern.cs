namespace Nexus.Channel.TestPeer;

/// <summary>Payload whose every byte is known from its position.</summary>
public static class Pattern
{
    // 251 is prime, so a block that goes astray by any power of two shows.
    private const int Period = 251;
    private static readonly byte[] Table = [.. Enumerable.Range(0, ChannelLayout.MaxBlockBytes + Period).Select(i => (byte)(i % Period))];

    public static void Fill(Span<byte> destination, long position) =>
        Table.AsSpan((int)(position % Period), destination.Length).CopyTo(destination);

    public static bool Matches(ReadOnlySpan<byte> received, long position) =>
        Table.AsSpan((int)(position % Period), received.Length).SequenceEqual(received);
}
