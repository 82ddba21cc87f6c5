namespace Nexus.Backend.Http2.Hpack;

/// <summary>A block of headers cannot be decoded: the connection's state of compression is lost with it.</summary>
internal sealed class HpackException : IOException
{
    public HpackException() { }

    public HpackException(string message)
        : base(message) { }

    public HpackException(string message, Exception innerException)
        : base(message, innerException) { }

    public static HpackException BadHuffman() => new("Huffman-coded literal string failed to decode.");

    public static HpackException BadInteger() => new("HPACK integer exceeds limits or has an overlong encoding.");

    public static HpackException Incomplete() => new("Incomplete header block received.");

    public static HpackException BadIndex(int index) =>
        new(FormattableString.Invariant($"Invalid header index: {index} is outside of static table and no dynamic table entry found."));

    public static HpackException TableTooLarge(int size, int most) =>
        new(FormattableString.Invariant($"Dynamic table size update to {size} bytes exceeds limit of {most} bytes."));

    public static HpackException LateTableSize() => new("Dynamic table size update received after beginning of header block.");
}
