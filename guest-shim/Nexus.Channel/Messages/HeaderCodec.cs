namespace Nexus.Channel.Messages;

/// <summary>Header lists: a u32 count, then name and value of each.</summary>
public static class HeaderCodec
{
    /// <summary>An upper bound of the encoded size.</summary>
    public static int MaxBytes(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var bytes = 4;
        for (var i = 0; i < headers.Count; i++)
        {
            bytes += MessageWriter.MaxBytes(headers[i].Key) + MessageWriter.MaxBytes(headers[i].Value);
        }

        return bytes;
    }

    public static void Write(ref MessageWriter writer, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        writer.WriteUInt32((uint)headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            writer.WriteString(headers[i].Key);
            writer.WriteString(headers[i].Value);
        }
    }

    public static KeyValuePair<string, string>[] Read(ref MessageReader reader)
    {
        var headers = new KeyValuePair<string, string>[reader.ReadCount(leastBytesEach: 8)];
        for (var i = 0; i < headers.Length; i++)
        {
            var name = reader.ReadString();
            headers[i] = new KeyValuePair<string, string>(name, reader.ReadString());
        }

        return headers;
    }
}
