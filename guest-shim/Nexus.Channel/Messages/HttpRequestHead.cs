namespace Nexus.Channel.Messages;

/// <summary>One HTTP request, in either direction: a guest's own call (<see cref="ChannelProtocol.Http"/>) or one it is to answer (<see cref="ChannelProtocol.Serve"/>).</summary>
public sealed class HttpRequestHead : IChannelMessage
{
    public required string Method { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host, and port where it is not the scheme's own.</summary>
    public required string Authority { get; init; }

    /// <summary>Path and query as they stand on the wire, escaped.</summary>
    public required string Target { get; init; }

    /// <summary>Major and minor version, such as <c>1.1</c> and <c>2.0</c>: wanted by a guest's call, spoken by a served one.</summary>
    public required string Version { get; init; }

    /// <summary>Body bytes; 0 when no body follows, -1 when only its end will tell.</summary>
    public required long ContentLength { get; init; }

    /// <summary>What only this protocol's two ends know: address of the caller, version policy and the like, as name and value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public int MaxBytes =>
        16
        + MessageWriter.MaxBytes(Method)
        + MessageWriter.MaxBytes(Scheme)
        + MessageWriter.MaxBytes(Authority)
        + MessageWriter.MaxBytes(Target)
        + MessageWriter.MaxBytes(Version)
        + HeaderCodec.MaxBytes(Properties)
        + HeaderCodec.MaxBytes(Headers);

    /// <summary>Reads a head from a private copy.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static HttpRequestHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new HttpRequestHead
        {
            Method = reader.ReadString(),
            Scheme = reader.ReadString(),
            Authority = reader.ReadString(),
            Target = reader.ReadString(),
            Version = reader.ReadString(),
            ContentLength = reader.ReadInt64(),
            Properties = HeaderCodec.Read(ref reader),
            Headers = HeaderCodec.Read(ref reader),
        };
        reader.ExpectEnd();
        return head.ContentLength >= -1 ? head : throw new ProtocolViolationException($"content length {head.ContentLength}");
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteString(Method);
        writer.WriteString(Scheme);
        writer.WriteString(Authority);
        writer.WriteString(Target);
        writer.WriteString(Version);
        writer.WriteInt64(ContentLength);
        HeaderCodec.Write(ref writer, Properties);
        HeaderCodec.Write(ref writer, Headers);
    }
}
