namespace Nexus.Channel.Messages;

/// <summary>How an invocation ended. It follows the payload as trailers, since a handler may fail after it began to write.</summary>
public sealed class InvocationResultHead : IChannelMessage
{
    /// <summary>Empty for success; otherwise the value of <c>X-Amz-Function-Error</c>, and the error report is in <see cref="ErrorReport"/>.</summary>
    public required string FunctionError { get; init; }

    /// <summary>The error report as JSON, at most 32 KiB; empty for success.</summary>
    public string ErrorReport { get; init; } = "";

    public int MaxBytes => 16 + MessageWriter.MaxBytes(FunctionError) + MessageWriter.MaxBytes(ErrorReport);

    /// <summary>Reads it from a private copy.</summary>
    public static InvocationResultHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new InvocationResultHead { FunctionError = reader.ReadString(), ErrorReport = reader.ReadString() };
        reader.ExpectEnd();
        return head;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteString(FunctionError);
        writer.WriteString(ErrorReport);
    }
}
