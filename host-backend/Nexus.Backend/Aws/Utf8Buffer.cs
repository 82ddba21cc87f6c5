using System.Buffers;
using System.Globalization;
using System.Text;

namespace Nexus.Backend.Aws;

/// <summary>A growing byte buffer on pooled memory, for canonical requests; dispose returns the memory.</summary>
internal ref struct Utf8Buffer
{
    private byte[] _bytes;
    private int _length;

    public Utf8Buffer(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public readonly int Length => _length;

    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>The memory behind <see cref="Written"/>; valid until the next append.</summary>
    public readonly byte[] Array => _bytes;

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    public void Append(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        _length += value.Length;
    }

    public void AppendLatin1(scoped ReadOnlySpan<char> value) => _length += Encoding.Latin1.GetBytes(value, Reserve(value.Length));

    public void AppendLower(scoped ReadOnlySpan<char> value)
    {
        Span<byte> target = Reserve(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            target[i] = (byte)char.ToLowerInvariant(value[i]);
        }
        _length += value.Length;
    }

    public void AppendHex(scoped ReadOnlySpan<byte> value)
    {
        Convert.TryToHexStringLower(value, Reserve(value.Length * 2), out int written);
        _length += written;
    }

    public void AppendTime(DateTimeOffset time, string format)
    {
        time.UtcDateTime.TryFormat(Reserve(32), out int written, format, CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>Percent-encodes as RFC 3986 asks: everything but unreserved characters, upper-case hexadecimal digits.</summary>
    public void AppendEncoded(byte value)
    {
        if (value < 0x80 && (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~'))
        {
            Append(value);
            return;
        }
        Span<byte> target = Reserve(3);
        target[0] = (byte)'%';
        target[1] = HexDigit(value >> 4);
        target[2] = HexDigit(value & 15);
        _length += 3;
    }

    public readonly string ToLatin1String() => Encoding.Latin1.GetString(Written);

    public void Dispose()
    {
        byte[] bytes = _bytes;
        this = default;
        if (bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static byte HexDigit(int value) => (byte)"0123456789ABCDEF"[value];

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsSpan(_length);
    }
}
