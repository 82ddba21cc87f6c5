namespace Nexus.Channel.Messages;

/// <summary>Sent by a function host when it can take invocations, or cannot.</summary>
public sealed class ReadyHead : IChannelMessage
{
    /// <summary>Empty when the function is loaded; otherwise its error report as JSON, at most 16 KiB.</summary>
    public required string InitError { get; init; }

    public int MaxBytes => MessageWriter.MaxBytes(InitError);

    /// <summary>Reads it from a private copy.</summary>
    public static ReadyHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new ReadyHead { InitError = reader.ReadString() };
        reader.ExpectEnd();
        return head;
    }

    public void Write(ref MessageWriter writer) => writer.WriteString(InitError);
}
