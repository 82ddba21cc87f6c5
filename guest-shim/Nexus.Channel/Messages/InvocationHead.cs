namespace Nexus.Channel.Messages;

/// <summary>One invocation of the function; the event follows as data.</summary>
public sealed class InvocationHead : IChannelMessage
{
    /// <summary>What the host prints on standard output after an invocation's last line, when asked to.</summary>
    public const char LogEndMark = '\u0001';

    public required string RequestId { get; init; }

    public required string FunctionArn { get; init; }

    /// <summary>X-Ray trace header; empty for none.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>Client context as JSON; empty for none.</summary>
    public string ClientContext { get; init; } = "";

    /// <summary>Cognito identity as JSON; empty for none.</summary>
    public string CognitoIdentity { get; init; } = "";

    /// <summary>The invocation's deadline by the wall clock, Unix milliseconds.</summary>
    public required long DeadlineUnixMilliseconds { get; init; }

    /// <summary>Whether the host prints <see cref="LogEndMark"/> when the function is done, so that its log can be told complete.</summary>
    public bool MarksLogEnd { get; init; }

    /// <summary>Bytes of the event.</summary>
    public required long ContentLength { get; init; }

    public int MaxBytes =>
        32
        + MessageWriter.MaxBytes(RequestId)
        + MessageWriter.MaxBytes(FunctionArn)
        + MessageWriter.MaxBytes(TraceId)
        + MessageWriter.MaxBytes(ClientContext)
        + MessageWriter.MaxBytes(CognitoIdentity);

    /// <summary>Reads a head from a private copy.</summary>
    public static InvocationHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new InvocationHead
        {
            RequestId = reader.ReadString(),
            FunctionArn = reader.ReadString(),
            TraceId = reader.ReadString(),
            ClientContext = reader.ReadString(),
            CognitoIdentity = reader.ReadString(),
            DeadlineUnixMilliseconds = reader.ReadInt64(),
            ContentLength = reader.ReadInt64(),
            MarksLogEnd = reader.ReadByte() != 0,
        };
        reader.ExpectEnd();
        return head;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteString(RequestId);
        writer.WriteString(FunctionArn);
        writer.WriteString(TraceId);
        writer.WriteString(ClientContext);
        writer.WriteString(CognitoIdentity);
        writer.WriteInt64(DeadlineUnixMilliseconds);
        writer.WriteInt64(ContentLength);
        writer.WriteByte(MarksLogEnd ? (byte)1 : (byte)0);
    }
}
