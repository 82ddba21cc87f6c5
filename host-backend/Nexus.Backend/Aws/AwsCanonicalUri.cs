using System.Buffers;
using System.Text;

namespace Nexus.Backend.Aws;

/// <summary>The canonical path and query of SigV4, computed from the request target exactly as it goes on the wire.</summary>
internal static class AwsCanonicalUri
{
    /// <summary>
    /// S3 takes the path as it was sent; every other service removes dot segments and doubled slashes, then encodes the sent path once more.
    /// </summary>
    public static void AppendPath(ref Utf8Buffer target, ReadOnlySpan<char> path, bool isS3)
    {
        if (path.IsEmpty)
        {
            target.Append((byte)'/');
            return;
        }
        using var sent = new Utf8Text(path);
        if (isS3)
        {
            AppendS3Path(ref target, sent.Bytes);
            return;
        }
        byte[] scratch = ArrayPool<byte>.Shared.Rent(sent.Bytes.Length + 2);
        int length = RemoveDotSegments(sent.Bytes, scratch);
        foreach (byte b in scratch.AsSpan(0, length))
        {
            AppendPathByte(ref target, b);
        }
        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>Parameters decoded, encoded again in the one canonical way and sorted by name, then value.</summary>
    public static void AppendQuery(ref Utf8Buffer target, ReadOnlySpan<char> query)
    {
        if (query.IsEmpty)
        {
            return;
        }
        using var sent = new Utf8Text(query);
        var encoded = new Utf8Buffer(query.Length + 64);
        Parameter[] parameters = ArrayPool<Parameter>.Shared.Rent(16);
        int count = 0;
        try
        {
            foreach (Range part in sent.Bytes.Split((byte)'&'))
            {
                ReadOnlySpan<byte> pair = sent.Bytes[part];
                if (pair.IsEmpty)
                {
                    continue;
                }
                if (count == parameters.Length)
                {
                    Parameter[] larger = ArrayPool<Parameter>.Shared.Rent(count * 2);
                    parameters.CopyTo(larger, 0);
                    ArrayPool<Parameter>.Shared.Return(parameters);
                    parameters = larger;
                }
                int equals = pair.IndexOf((byte)'=');
                int start = encoded.Length;
                AppendDecodedThenEncoded(ref encoded, equals < 0 ? pair : pair[..equals]);
                int middle = encoded.Length;
                AppendDecodedThenEncoded(ref encoded, equals < 0 ? default : pair[(equals + 1)..]);
                parameters[count++] = new Parameter(start, middle, encoded.Length);
            }
            parameters.AsSpan(0, count).Sort(new ParameterOrder(encoded.Array));
            for (int i = 0; i < count; i++)
            {
                if (i > 0)
                {
                    target.Append((byte)'&');
                }
                target.Append(parameters[i].Name(encoded.Array));
                target.Append((byte)'=');
                target.Append(parameters[i].Value(encoded.Array));
            }
        }
        finally
        {
            encoded.Dispose();
            ArrayPool<Parameter>.Shared.Return(parameters);
        }
    }

    private static void AppendS3Path(ref Utf8Buffer target, ReadOnlySpan<byte> path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (TryDecode(path, i, out _))
            {
                target.Append(path.Slice(i, 3));
                i += 2;
            }
            else
            {
                AppendPathByte(ref target, path[i]);
            }
        }
    }

    private static void AppendPathByte(ref Utf8Buffer target, byte b)
    {
        if (b == '/')
        {
            target.Append(b);
        }
        else
        {
            target.AppendEncoded(b);
        }
    }

    private static int RemoveDotSegments(ReadOnlySpan<byte> path, Span<byte> target)
    {
        int length = 0;
        target[length++] = (byte)'/';
        bool endsInSlash = true;
        foreach (Range part in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> segment = path[part];
            endsInSlash = segment.IsEmpty || segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8);
            if (segment.SequenceEqual(".."u8))
            {
                length = length > 1 ? target[..(length - 1)].LastIndexOf((byte)'/') + 1 : 1;
            }
            else if (!endsInSlash)
            {
                segment.CopyTo(target[length..]);
                length += segment.Length;
                target[length++] = (byte)'/';
            }
        }
        return endsInSlash || length == 1 ? length : length - 1;
    }

    private static void AppendDecodedThenEncoded(ref Utf8Buffer target, ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (TryDecode(text, i, out byte decoded))
            {
                target.AppendEncoded(decoded);
                i += 2;
            }
            else
            {
                target.AppendEncoded(text[i]);
            }
        }
    }

    private static bool TryDecode(ReadOnlySpan<byte> text, int at, out byte value)
    {
        value = 0;
        if (
            text[at] != '%'
            || at + 2 >= text.Length
            || !char.IsAsciiHexDigit((char)text[at + 1])
            || !char.IsAsciiHexDigit((char)text[at + 2])
        )
        {
            return false;
        }
        value = (byte)((Digit(text[at + 1]) << 4) | Digit(text[at + 2]));
        return true;
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private readonly record struct Parameter(int Start, int Middle, int End)
    {
        public ReadOnlySpan<byte> Name(byte[] text) => text.AsSpan(Start, Middle - Start);

        public ReadOnlySpan<byte> Value(byte[] text) => text.AsSpan(Middle, End - Middle);
    }

    private readonly struct ParameterOrder(byte[] text) : IComparer<Parameter>
    {
        public int Compare(Parameter x, Parameter y)
        {
            int byName = x.Name(text).SequenceCompareTo(y.Name(text));
            return byName != 0 ? byName : x.Value(text).SequenceCompareTo(y.Value(text));
        }
    }

    /// <summary>The request target's bytes; a target is ASCII when it comes off a checked URI, UTF-8 is encoded for presigning's sake.</summary>
    private readonly ref struct Utf8Text
    {
        private readonly byte[] _rented;
        private readonly int _length;

        public Utf8Text(ReadOnlySpan<char> text)
        {
            _rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
            _length = Encoding.UTF8.GetBytes(text, _rented);
        }

        public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

        public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
    }
}
