namespace Nexus.Channel.Messages;

/// <summary>The answer to an <see cref="HttpRequestHead"/>, or why there is none. Its trailers, if any, follow the body as <see cref="HttpTrailers"/>.</summary>
public sealed class HttpResponseHead : IChannelMessage
{
    /// <summary>A <see cref="Reason"/> for a status line that has none.</summary>
    public const string NoReason = " ";

    /// <summary>HTTP status; 0 when no response was had and <see cref="Failure"/> says why.</summary>
    public required int Status { get; init; }

    /// <summary>Reason phrase of HTTP/1.1; empty for the usual one.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Major and minor version the answer came in.</summary>
    public required string Version { get; init; }

    /// <summary>Body bytes; -1 when unknown.</summary>
    public required long ContentLength { get; init; }

    /// <summary>With status 0: why there is no response; for a guest's call a chain of <see cref="HttpFault"/>.</summary>
    public string Failure { get; init; } = "";

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public int MaxBytes =>
        32
        + MessageWriter.MaxBytes(Reason)
        + MessageWriter.MaxBytes(Version)
        + MessageWriter.MaxBytes(Failure)
        + HeaderCodec.MaxBytes(Headers);

    /// <summary>Reads a head from a private copy.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static HttpResponseHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new HttpResponseHead
        {
            Status = (int)reader.ReadUInt32(),
            Reason = reader.ReadString(),
            Version = reader.ReadString(),
            ContentLength = reader.ReadInt64(),
            Failure = reader.ReadString(),
            Headers = HeaderCodec.Read(ref reader),
        };
        reader.ExpectEnd();
        return head;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteUInt32((uint)Status);
        writer.WriteString(Reason);
        writer.WriteString(Version);
        writer.WriteInt64(ContentLength);
        writer.WriteString(Failure);
        HeaderCodec.Write(ref writer, Headers);
    }
}
