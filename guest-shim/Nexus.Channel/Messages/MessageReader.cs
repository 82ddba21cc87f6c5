using System.Buffers.Binary;
using System.Text;

namespace Nexus.Channel.Messages;

/// <summary>
/// Reads a message from a private copy of a block. Strict: a length beyond the message, ill-formed UTF-8 or bytes left over are a
/// <see cref="ProtocolViolationException"/>.
/// </summary>
public ref struct MessageReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> _rest;

    public MessageReader(ReadOnlySpan<byte> message)
    {
        _rest = message;
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _rest.Length;

    public byte ReadByte() => Take(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public string ReadString()
    {
        var length = ReadUInt32();
        var bytes = Take(length);
        try
        {
            return length == 0 ? "" : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new ProtocolViolationException("string that is not UTF-8");
        }
    }

    /// <summary>A u32 count and that many bytes, in place.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadUInt32());

    /// <summary>A count of items that take at least <paramref name="leastBytesEach"/> bytes each: more than could follow is refused.</summary>
    public int ReadCount(int leastBytesEach)
    {
        var count = ReadUInt32();
        return count <= (uint)(_rest.Length / leastBytesEach) ? (int)count : throw new ProtocolViolationException($"count {count}");
    }

    /// <summary>Ends the message.</summary>
    public readonly void ExpectEnd()
    {
        if (!_rest.IsEmpty)
        {
            throw new ProtocolViolationException($"{_rest.Length} bytes after the message");
        }
    }

    private ReadOnlySpan<byte> Take(uint count)
    {
        if (count > (uint)_rest.Length)
        {
            throw new ProtocolViolationException($"length {count} with {_rest.Length} bytes left");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
