namespace Nexus.Channel.Messages;

/// <summary>Header fields that follow a body, of a request or a response.</summary>
public sealed class HttpTrailers : IChannelMessage
{
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    public int MaxBytes => HeaderCodec.MaxBytes(Fields);

    /// <summary>Reads them from a private copy.</summary>
    /// <exception cref="ProtocolViolationException">They are none.</exception>
    public static HttpTrailers Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var trailers = new HttpTrailers { Fields = HeaderCodec.Read(ref reader) };
        reader.ExpectEnd();
        return trailers;
    }

    public void Write(ref MessageWriter writer) => HeaderCodec.Write(ref writer, Fields);
}
