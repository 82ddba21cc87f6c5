namespace Nexus.Channel.Messages;

/// <summary>
/// One call of a gRPC client. Its messages follow as data, each with gRPC's own prefix (a byte that says whether it is compressed, its length as
/// a big-endian u32), so that both ends of the way to the server only pass bytes on.
/// </summary>
public sealed class GrpcCallHead : IChannelMessage
{
    private const GrpcCallFlags AllFlags = GrpcCallFlags.WaitForReady;

    /// <summary>An encoded <see cref="GrpcMethodHead"/>.</summary>
    public required ReadOnlyMemory<byte> Method { get; init; }

    public required GrpcCallFlags Flags { get; init; }

    /// <summary>Time the server is told, in milliseconds from now; -1 for none.</summary>
    public required long TimeoutMilliseconds { get; init; }

    /// <summary>Request headers besides gRPC's own; binary values in base64.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public int MaxBytes => 16 + Method.Length + HeaderCodec.MaxBytes(Headers);

    /// <summary>Reads a head from a private copy, which <see cref="Method"/> keeps pointing into.</summary>
    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static GrpcCallHead Read(ReadOnlyMemory<byte> message)
    {
        var reader = new MessageReader(message.Span);
        var methodBytes = reader.ReadBytes().Length;
        var flags = (GrpcCallFlags)reader.ReadByte();
        var timeout = reader.ReadInt64();
        var head = new GrpcCallHead
        {
            Method = message.Slice(4, methodBytes),
            Flags = (flags & ~AllFlags) == 0 ? flags : throw new ProtocolViolationException($"gRPC call flags {(byte)flags}"),
            TimeoutMilliseconds = timeout >= -1 ? timeout : throw new ProtocolViolationException($"gRPC timeout {timeout}"),
            Headers = HeaderCodec.Read(ref reader),
        };
        reader.ExpectEnd();
        return head;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteUInt32((uint)Method.Length);
        writer.WriteRaw(Method.Span);
        writer.WriteByte((byte)Flags);
        writer.WriteInt64(TimeoutMilliseconds);
        HeaderCodec.Write(ref writer, Headers);
    }
}
