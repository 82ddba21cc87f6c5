namespace Nexus.Channel;

/// <summary>One received frame. Give it back with <see cref="ChannelCall.Release"/> when its memory is no longer needed.</summary>
public readonly struct ChannelFrame
{
    internal ChannelFrame(FrameKind kind, bool final, ReadOnlyMemory<byte> memory, uint offset, bool held)
    {
        Kind = kind;
        IsFinal = final;
        Memory = memory;
        Offset = offset;
        IsHeld = held;
    }

    /// <summary><see cref="FrameKind.Head"/>, <see cref="FrameKind.Data"/> or <see cref="FrameKind.Trailers"/>.</summary>
    public FrameKind Kind { get; }

    /// <summary>The sender's last frame of the call.</summary>
    public bool IsFinal { get; }

    /// <summary>
    /// The bytes. Head and trailers: a private copy, safe to parse. Data: the peer's arena in place; a hostile peer may change it at any moment,
    /// so decide nothing on it.
    /// </summary>
    public ReadOnlyMemory<byte> Memory { get; }

    internal uint Offset { get; }

    internal bool IsHeld { get; }
}
