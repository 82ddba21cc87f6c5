using Nexus.Channel.Messages;

namespace Nexus.Channel.Tests.Conformance;

/// <summary>A head that is larger than heads may be.</summary>
internal sealed class OversizedMessage : IChannelMessage
{
    public int MaxBytes => ChannelLayout.MaxHeadBytes + 4;

    public void Write(ref MessageWriter writer) => writer.WriteString(new string('x', ChannelLayout.MaxHeadBytes));
}
