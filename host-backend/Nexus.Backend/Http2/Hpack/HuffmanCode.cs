namespace Nexus.Backend.Http2.Hpack;

/// <summary>The fixed Huffman code of RFC 7541, appendix B. It is canonical, so that the lengths say all of it.</summary>
internal static class HuffmanCode
{
    private const int End = 256;
    private const int LongestPadding = 7;

    // By symbol, the end of the string being the last one.
    // csharpier-ignore
    private static readonly byte[] s_lengths =
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    // Two numbers for each inner node, for a bit of 0 and of 1: another inner node, or a symbol's complement.
    private static readonly short[] s_tree = BuildTree();

    /// <summary>Decodes a string.</summary>
    /// <param name="encoded">The bits, padded with ones to whole bytes.</param>
    /// <param name="decoded">Room for the result: no code is shorter than five bits.</param>
    /// <returns>Bytes decoded.</returns>
    /// <exception cref="HpackException">That is no such string.</exception>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        var (node, length) = (0, 0);
        var (pending, areOnes) = (0, true);
        foreach (var eight in encoded)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                var value = (eight >> bit) & 1;
                (pending, areOnes) = (pending + 1, areOnes && value == 1);
                int next = s_tree[(2 * node) + value];
                if (next >= 0)
                {
                    node = next;
                    continue;
                }

                if (~next == End)
                {
                    throw HpackException.BadHuffman();
                }

                decoded[length++] = (byte)~next;
                (node, pending, areOnes) = (0, 0, true);
            }
        }

        return pending <= LongestPadding && areOnes ? length : throw HpackException.BadHuffman();
    }

    private static short[] BuildTree()
    {
        var tree = new short[2 * s_lengths.Length];
        var (code, previous, nodes) = (0u, 0, 1);
        foreach (var symbol in Enumerable.Range(0, s_lengths.Length).OrderBy(static symbol => s_lengths[symbol]))
        {
            int length = s_lengths[symbol];
            code = previous == 0 ? 0 : (code + 1) << (length - previous);
            previous = length;
            var node = 0;
            for (var bit = length - 1; bit > 0; bit--)
            {
                ref var next = ref tree[(2 * node) + (int)((code >> bit) & 1)];
                next = next == 0 ? (short)nodes++ : next;
                node = next;
            }

            tree[(2 * node) + (int)(code & 1)] = (short)~symbol;
        }

        return tree;
    }
}
