namespace Nexus.Channel.Messages;

/// <summary>The server's response headers. For calls whose answer is complete at once they travel in the <see cref="GrpcResponseEnd"/>.</summary>
public sealed class GrpcResponseHead : IChannelMessage
{
    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>HTTP version, times ten.</summary>
    public required int Version { get; init; }

    /// <summary>Null when there is none.</summary>
    public string? ContentType { get; init; }

    /// <summary>Response headers, those of the content excepted; for whoever writes a head.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The same as read.</summary>
    public GrpcFields Fields { get; private init; }

    public int MaxBytes => 16 + MessageWriter.MaxBytes(ContentType) + HeaderCodec.MaxBytes(Headers);

    /// <summary>Reads a head from a private copy, which <see cref="Fields"/> keeps pointing into.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static GrpcResponseHead Read(ReadOnlyMemory<byte> message)
    {
        var reader = new MessageReader(message.Span);
        var status = (int)reader.ReadUInt32();
        var version = (int)reader.ReadUInt32();
        var hasContentType = reader.ReadByte() != 0;
        var contentType = reader.ReadString();
        return new GrpcResponseHead
        {
            Status = status,
            Version = version,
            ContentType = hasContentType ? contentType : null,
            Fields = new GrpcFields(message[^reader.Left..]),
        };
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteUInt32((uint)Status);
        writer.WriteUInt32((uint)Version);
        writer.WriteByte(ContentType is null ? (byte)0 : (byte)1);
        writer.WriteString(ContentType);
        HeaderCodec.Write(ref writer, Headers);
    }
}
