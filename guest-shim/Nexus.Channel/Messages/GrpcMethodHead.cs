namespace Nexus.Channel.Messages;

/// <summary>The part of a <see cref="GrpcCallHead"/> that is the same for every call of a method on a channel; encoded once.</summary>
public sealed class GrpcMethodHead
{
    public required GrpcCallKind Kind { get; init; }

    /// <summary><c>http</c> or <c>https</c>; another one names how addresses are found, such as <c>dns</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>Host and port, as the channel's address has them; empty when each address is called by its own name.</summary>
    public required string Authority { get; init; }

    /// <summary><c>/package.Service/Method</c>.</summary>
    public required string Path { get; init; }

    public required string UserAgent { get; init; }

    /// <summary>Names of the compressions the client can undo, <c>identity</c> among them.</summary>
    public required string AcceptEncoding { get; init; }

    /// <summary>Which of several servers a call goes to.</summary>
    public GrpcBalancing Balancing { get; init; }

    /// <summary>Host and port of each server; with <see cref="Balancing"/> and without any, the servers are those that the authority's name leads to.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

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
            Balancing = ReadBalancing(reader.ReadByte()),
            Addresses = ReadAddresses(ref reader),
        };
        reader.ExpectEnd();
        return head;
    }

    /// <summary>The encoded form, for <see cref="GrpcCallHead.Method"/>.</summary>
    public byte[] Encode()
    {
        string[] texts = [Scheme, Authority, Path, UserAgent, AcceptEncoding];
        var buffer = new byte[6 + texts.Concat(Addresses).Sum(MessageWriter.MaxBytes)];
        var writer = new MessageWriter(buffer);
        writer.WriteByte((byte)Kind);
        foreach (var text in texts)
        {
            writer.WriteString(text);
        }

        writer.WriteByte((byte)Balancing);
        writer.WriteUInt32((uint)Addresses.Count);
        foreach (var address in Addresses)
        {
            writer.WriteString(address);
        }

        return buffer[..writer.Length];
    }

    private static GrpcBalancing ReadBalancing(byte value) =>
        value <= (byte)GrpcBalancing.RoundRobin ? (GrpcBalancing)value : throw new ProtocolViolationException($"gRPC balancing {value}");

    private static string[] ReadAddresses(ref MessageReader reader)
    {
        var addresses = new string[reader.ReadCount(leastBytesEach: 4)];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = reader.ReadString();
        }

        return addresses;
    }
}
