namespace Nexus.Channel.Messages;

/// <summary>A marshalled AWS request: everything the SDK knew after marshalling and endpoint resolution, before auth, checksum and signing.</summary>
public sealed class AwsRequestHead : IChannelMessage
{
    /// <summary>The service's signing name, such as <c>dynamodb</c>.</summary>
    public required string SigningService { get; init; }

    /// <summary>The region to sign for; empty when the endpoint does not say.</summary>
    public required string Region { get; init; }

    /// <summary>The SDK's service id, such as <c>DynamoDB</c>.</summary>
    public required string ServiceId { get; init; }

    /// <summary>The operation, such as <c>GetItem</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Absolute URI, as the SDK composed it.</summary>
    public required string Uri { get; init; }

    /// <summary>Body bytes; -1 when unknown.</summary>
    public required long ContentLength { get; init; }

    /// <summary>Algorithm the SDK chose for the request's checksum (<c>CRC32</c>, ...); empty for none.</summary>
    public required string ChecksumAlgorithm { get; init; }

    public required AwsRequestFlags Flags { get; init; }

    /// <summary>Access key, secret and session token the function's code gave explicitly; empty otherwise. Only used when the operator permits it.</summary>
    public IReadOnlyList<string> ExplicitKeys { get; init; } = [];

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public int MaxBytes =>
        64
        + MessageWriter.MaxBytes(SigningService)
        + MessageWriter.MaxBytes(Region)
        + MessageWriter.MaxBytes(ServiceId)
        + MessageWriter.MaxBytes(Operation)
        + MessageWriter.MaxBytes(Method)
        + MessageWriter.MaxBytes(Uri)
        + MessageWriter.MaxBytes(ChecksumAlgorithm)
        + ExplicitKeys.Sum(MessageWriter.MaxBytes)
        + HeaderCodec.MaxBytes(Headers);

    /// <summary>Reads a head from a private copy.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static AwsRequestHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new AwsRequestHead
        {
            SigningService = reader.ReadString(),
            Region = reader.ReadString(),
            ServiceId = reader.ReadString(),
            Operation = reader.ReadString(),
            Method = reader.ReadString(),
            Uri = reader.ReadString(),
            ContentLength = reader.ReadInt64(),
            ChecksumAlgorithm = reader.ReadString(),
            Flags = (AwsRequestFlags)reader.ReadUInt32(),
            ExplicitKeys = ReadKeys(ref reader),
            Headers = HeaderCodec.Read(ref reader),
        };
        reader.ExpectEnd();
        return head.ContentLength >= -1 ? head : throw new ProtocolViolationException($"content length {head.ContentLength}");
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteString(SigningService);
        writer.WriteString(Region);
        writer.WriteString(ServiceId);
        writer.WriteString(Operation);
        writer.WriteString(Method);
        writer.WriteString(Uri);
        writer.WriteInt64(ContentLength);
        writer.WriteString(ChecksumAlgorithm);
        writer.WriteUInt32((uint)Flags);
        writer.WriteUInt32((uint)ExplicitKeys.Count);
        foreach (var key in ExplicitKeys)
        {
            writer.WriteString(key);
        }

        HeaderCodec.Write(ref writer, Headers);
    }

    private static string[] ReadKeys(ref MessageReader reader)
    {
        var keys = new string[reader.ReadCount(leastBytesEach: 4)];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadString();
        }

        return keys.Length is 0 or 3 ? keys : throw new ProtocolViolationException($"{keys.Length} explicit keys");
    }
}
