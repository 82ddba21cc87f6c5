using Nexus.Channel.Messages;

namespace Nexus.Channel;

/// <summary>A head or trailer block that writes itself straight into the arena.</summary>
public interface IChannelMessage
{
    /// <summary>An upper bound of the encoded size, at most <see cref="ChannelLayout.MaxHeadBytes"/> for a message that can be sent.</summary>
    int MaxBytes { get; }

    /// <summary>Writes the message.</summary>
    void Write(ref MessageWriter writer);
}
