using System.Buffers;
using System.Text;

namespace Nexus.Backend.Http2.Hpack;

/// <summary>
/// The encoded header fields of a request, without a dynamic table and without Huffman's code, as .NET's own client sends them: a block depends on nothing, so that the
/// part that is the same for every call of a method is encoded once.
/// </summary>
internal sealed class HeaderBlock
{
    private const byte Literal = 0x00;

    // What a field counts besides its text where a limit is set: RFC 9113, section 6.5.2.
    private const int FieldOverhead = 32;

    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Bytes of the fields as a server's limit counts them.</summary>
    public int ListSize { get; private set; }

    /// <summary>Adds the fields of another block.</summary>
    public void Add(HeaderBlock others)
    {
        _bytes.Write(others.Bytes);
        ListSize += others.ListSize;
    }

    /// <summary>Adds a field.</summary>
    /// <param name="name">A header's name, ASCII; written in lower case.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="HttpRequestException">The value is not ASCII.</exception>
    public void Add(string name, string value)
    {
        if (!Ascii.IsValid(value))
        {
            throw Http2Failures.NotAscii();
        }

        var most = 1 + (2 * 6) + name.Length + value.Length;
        var bytes = _bytes.GetSpan(most);
        bytes[0] = Literal;
        var length = 1 + WriteInteger(name.Length, bytes[1..]);
        Ascii.ToLower(name, bytes[length..], out var written);
        length += written;
        length += WriteInteger(value.Length, bytes[length..]);
        length += Encoding.ASCII.GetBytes(value, bytes[length..]);
        _bytes.Advance(length);
        ListSize += FieldOverhead + name.Length + value.Length;
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
