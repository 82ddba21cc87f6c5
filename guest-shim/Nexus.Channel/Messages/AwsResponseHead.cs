namespace Nexus.Channel.Messages;

/// <summary>The service's raw answer, or why there is none.</summary>
public sealed class AwsResponseHead : IChannelMessage
{
    /// <summary>HTTP status; 0 when no response was had and <see cref="Failure"/> says why.</summary>
    public required int Status { get; init; }

    /// <summary>Body bytes; -1 when unknown.</summary>
    public required long ContentLength { get; init; }

    /// <summary>HTTP attempts made, retries included.</summary>
    public required int Attempts { get; init; }

    /// <summary>With status 0: the diagnostic and its value.</summary>
    public string Failure { get; init; } = "";

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public int MaxBytes => 32 + MessageWriter.MaxBytes(Failure) + HeaderCodec.MaxBytes(Headers);

    /// <summary>Reads a head from a private copy.</summary>
    public static AwsResponseHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new AwsResponseHead
        {
            Status = (int)reader.ReadUInt32(),
            ContentLength = reader.ReadInt64(),
            Attempts = (int)reader.ReadUInt32(),
            Failure = reader.ReadString(),
            Headers = HeaderCodec.Read(ref reader),
        };
        reader.ExpectEnd();
        return head;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteUInt32((uint)Status);
        writer.WriteInt64(ContentLength);
        writer.WriteUInt32((uint)Attempts);
        writer.WriteString(Failure);
        HeaderCodec.Write(ref writer, Headers);
    }
}
