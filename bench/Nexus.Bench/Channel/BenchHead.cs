using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Bench.Channel;

/// <summary>What the benchmark asks of its peer: take the payload and answer with so many bytes.</summary>
internal sealed record BenchHead(int AnswerBytes) : IChannelMessage
{
    public const ushort Protocol = 9;

    public int MaxBytes => 4;

    public static BenchHead Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        return new BenchHead((int)reader.ReadUInt32());
    }

    public void Write(ref MessageWriter writer) => writer.WriteUInt32((uint)AnswerBytes);
}
