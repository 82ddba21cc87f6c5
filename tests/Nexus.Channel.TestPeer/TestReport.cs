using Nexus.Channel.Messages;

namespace Nexus.Channel.TestPeer;

/// <summary>What an end knows of itself, the reporting call not counted.</summary>
public sealed record TestReport(int ArenaBytesInUse, int CallsInFlight, int Restarts, int Lost) : IChannelMessage
{
    public int MaxBytes => 16;

    public static TestReport Read(ReadOnlySpan<byte> message)
    {
        var reader = new MessageReader(message);
        var report = new TestReport((int)reader.ReadUInt32(), (int)reader.ReadUInt32(), (int)reader.ReadUInt32(), (int)reader.ReadUInt32());
        reader.ExpectEnd();
        return report;
    }

    public void Write(ref MessageWriter writer)
    {
        writer.WriteUInt32((uint)ArenaBytesInUse);
        writer.WriteUInt32((uint)CallsInFlight);
        writer.WriteUInt32((uint)Restarts);
        writer.WriteUInt32((uint)Lost);
    }
}
