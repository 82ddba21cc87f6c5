using System.Buffers;
using System.Text;

namespace Nexus.Backend.Http2.Hpack;

/// <summary>
/// Encodes header fields without a dynamic table and without Huffman's code, as .NET's own client does: a block depends on nothing, so that the part that is the same for
/// every call of a method is encoded once.
/// </summary>
internal static class HpackEncoder
{
    private const byte Literal = 0x00;

    /// <summary>Writes a field.</summary>
    /// <param name="name">A header's name, ASCII; written in lower case.</param>
    /// <param name="value">Its value.</param>
    /// <param name="block">The header block.</param>
    /// <exception cref="HttpRequestException">The value is not ASCII.</exception>
    public static void Write(string name, string value, IBufferWriter<byte> block)
    {
        if (!Ascii.IsValid(value))
        {
            throw Http2Failures.NotAscii();
        }

        var most = 1 + (2 * 6) + name.Length + value.Length;
        var bytes = block.GetSpan(most);
        bytes[0] = Literal;
        var length = 1 + WriteInteger(name.Length, bytes[1..]);
        Ascii.ToLower(name, bytes[length..], out var written);
        length += written;
        length += WriteInteger(value.Length, bytes[length..]);
        length += Encoding.ASCII.GetBytes(value, bytes[length..]);
        block.Advance(length);
    }

    private static int WriteInteger(int value, Span<byte> bytes)
    {
        const int mask = 0x7f;
        if (value < mask)
        {
            bytes[0] = (byte)value;
            return 1;
        }

        bytes[0] = mask;
        value -= mask;
        var length = 1;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        return length;
    }
}
