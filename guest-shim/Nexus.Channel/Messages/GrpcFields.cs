using System.Text;

namespace Nexus.Channel.Messages;

/// <summary>Header fields in their encoded form, read only when somebody asks: most answers' headers are never looked at.</summary>
/// <param name="Encoded">As <see cref="HeaderCodec"/> writes them.</param>
public readonly record struct GrpcFields(ReadOnlyMemory<byte> Encoded)
{
    /// <summary>The fields in their order.</summary>
    /// <exception cref="ProtocolViolationException">They are not well-formed.</exception>
    public KeyValuePair<string, string>[] ToArray()
    {
        if (Encoded.IsEmpty)
        {
            return [];
        }

        var reader = new MessageReader(Encoded.Span);
        return HeaderCodec.Read(ref reader);
    }

    /// <summary>The field's values, joined by a comma; null when it is not there.</summary>
    /// <param name="name">ASCII, in small letters.</param>
    /// <param name="firstOnly">Ignore all values but the first.</param>
    public string? Find(ReadOnlySpan<byte> name, bool firstOnly = false)
    {
        if (Encoded.IsEmpty)
        {
            return null;
        }

        var reader = new MessageReader(Encoded.Span);
        string? found = null;
        for (var left = reader.ReadCount(leastBytesEach: 8); left > 0; left--)
        {
            var isWanted = Ascii.EqualsIgnoreCase(reader.ReadBytes(), name);
            var value = reader.ReadBytes();
            if (isWanted)
            {
                var text = Encoding.UTF8.GetString(value);
                found = found is null ? text : $"{found}, {text}";
                if (firstOnly)
                {
                    break;
                }
            }
        }

        return found;
    }
}
