namespace Nexus.Channel.Messages;

/// <summary>Why a call had no answer: the exceptions as the library would have met them, from which the guest makes its own.</summary>
public sealed class GrpcFailure : IChannelMessage
{
    /// <summary>What one may take up: an exchange may fail with anything, a head is bounded.</summary>
    public const int MostCauses = 8;
    private const int MostText = 1024;

    public required GrpcFailureKind Kind { get; init; }

    /// <summary>gRPC status code.</summary>
    public required int Status { get; init; }

    /// <summary>Outermost first.</summary>
    public required IReadOnlyList<GrpcCause> Causes { get; init; }

    public int MaxBytes => 16 + Causes.Sum(static cause => 8 + MessageWriter.MaxBytes(cause.Type) + MessageWriter.MaxBytes(cause.Message));

    /// <summary>The texts cut to what fits into a head.</summary>
    public static GrpcCause Cause(string type, string message, long code) =>
        new(type.Length > MostText ? type[..MostText] : type, message.Length > MostText ? message[..MostText] : message, code);

    /// <exception cref="ProtocolViolationException">It is not one.</exception>
    public static GrpcFailure Read(ref MessageReader reader)
    {
        var kind = (GrpcFailureKind)reader.ReadByte();
        var status = (int)reader.ReadUInt32();
        var causes = new GrpcCause[reader.ReadCount(leastBytesEach: 16)];
        for (var i = 0; i < causes.Length; i++)
        {
            var type = reader.ReadString();
            var message = reader.ReadString();
            causes[i] = new GrpcCause(type, message, reader.ReadInt64());
        }

        return new GrpcFailure
        {
            Kind = kind <= GrpcFailureKind.Refused ? kind : throw new ProtocolViolationException($"gRPC failure kind {(byte)kind}"),
            Status = status,
            Causes = causes,
        };
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteByte((byte)Kind);
        writer.WriteUInt32((uint)Status);
        writer.WriteUInt32((uint)Causes.Count);
        foreach (var cause in Causes)
        {
            writer.WriteString(cause.Type);
            writer.WriteString(cause.Message);
            writer.WriteInt64(cause.Code);
        }
    }
}
