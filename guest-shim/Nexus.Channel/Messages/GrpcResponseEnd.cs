namespace Nexus.Channel.Messages;

/// <summary>
/// How a call's answer ended: the trailers, or why there are none; with the response headers when they were not sent before.
/// </summary>
public sealed class GrpcResponseEnd : IChannelMessage
{
    private const byte HasHead = 1;
    private const byte HasFailure = 2;

    /// <summary>Null when it was sent as a frame of its own, or when no response began.</summary>
    public GrpcResponseHead? Head { get; init; }

    /// <summary>Null for a response that was read to its end.</summary>
    public GrpcFailure? Failure { get; init; }

    /// <summary>Trailing header fields; for whoever writes an end.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; init; } = [];

    /// <summary>The same as read.</summary>
    public GrpcFields Fields { get; private init; }

    public int MaxBytes => 16 + (Head?.MaxBytes ?? 0) + (Failure?.MaxBytes ?? 0) + HeaderCodec.MaxBytes(Trailers);

    /// <summary>Reads an end from a private copy, which its fields keep pointing into.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static GrpcResponseEnd Read(ReadOnlyMemory<byte> message)
    {
        var reader = new MessageReader(message.Span);
        var flags = reader.ReadByte();
        GrpcResponseHead? head = null;
        if ((flags & HasHead) != 0)
        {
            var bytes = reader.ReadBytes().Length;
            head = GrpcResponseHead.Read(message.Slice(5, bytes));
        }

        var failure = (flags & HasFailure) != 0 ? GrpcFailure.Read(ref reader) : null;
        return new GrpcResponseEnd
        {
            Head = head,
            Failure = failure,
            Fields = new GrpcFields(message[^reader.Left..]),
        };
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteByte((byte)((Head is null ? 0 : HasHead) | (Failure is null ? 0 : HasFailure)));
        if (Head is not null)
        {
            writer.WriteCounted(Head);
        }

        Failure?.Write(ref writer);
        HeaderCodec.Write(ref writer, Trailers);
    }
}
