namespace Nexus.Channel.Messages;

/// <summary>The part of a <see cref="GrpcCallHead"/> that is the same for every call of a method on a channel; encoded once.</summary>
public sealed class GrpcMethodHead
{
    public required GrpcCallKind Kind { get; init; }

    /// <summary><c>http</c> or <c>https</c>; another one names how addresses are found, such as <c>dns</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host and port, as the channel's address has them.</summary>
    public required string Authority { get; init; }

    /// <summary><c>/package.Service/Method</c>.</summary>
    public required string Path { get; init; }

    public required string UserAgent { get; init; }

    /// <summary>Names of the compressions the client can undo, <c>identity</c> among them.</summary>
    public required string AcceptEncoding { get; init; }

    /// <summary>Reads one from a private copy.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static GrpcMethodHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var kind = reader.ReadByte();
        var head = new GrpcMethodHead
        {
            Kind = kind <= (byte)GrpcCallKind.Duplex ? (GrpcCallKind)kind : throw new ProtocolViolationException($"gRPC call kind {kind}"),
            Scheme = reader.ReadString(),
            Authority = reader.ReadString(),
            Path = reader.ReadString(),
            UserAgent = reader.ReadString(),
            AcceptEncoding = reader.ReadString(),
        };
        reader.ExpectEnd();
        return head;
    }

    /// <summary>The encoded form, for <see cref="GrpcCallHead.Method"/>.</summary>
    public byte[] Encode()
    {
        string[] texts = [Scheme, Authority, Path, UserAgent, AcceptEncoding];
        var buffer = new byte[1 + texts.Sum(MessageWriter.MaxBytes)];
        var writer = new MessageWriter(buffer);
        writer.WriteByte((byte)Kind);
        foreach (var text in texts)
        {
            writer.WriteString(text);
        }

        return buffer[..writer.Length];
    }
}
