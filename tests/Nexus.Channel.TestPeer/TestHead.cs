using Nexus.Channel.Messages;

namespace Nexus.Channel.TestPeer;

/// <summary>The head of a test call.</summary>
public sealed record TestHead(TestCommand Command, long Size = 0, int Count = 0, int BlockBytes = 256 * 1024) : IChannelMessage
{
    /// <summary>The protocol number of test calls.</summary>
    public const ushort Protocol = 7;

    public int MaxBytes => 17;

    public static TestHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var head = new TestHead((TestCommand)reader.ReadByte(), reader.ReadInt64(), (int)reader.ReadUInt32(), (int)reader.ReadUInt32());
        reader.ExpectEnd();
        // A head that a hostile test made up must not keep this end busy for ever.
        return head is { Size: >= 0 and <= 1 << 30, Count: >= 0 and <= 10_000, BlockBytes: > 0 and <= ChannelLayout.MaxBlockBytes }
            ? head
            : throw new ProtocolViolationException("test head");
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteByte((byte)Command);
        writer.WriteInt64(Size);
        writer.WriteUInt32((uint)Count);
        writer.WriteUInt32((uint)BlockBytes);
    }
}
