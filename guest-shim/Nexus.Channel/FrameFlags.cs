namespace Nexus.Channel;

/// <summary>Flags of a descriptor.</summary>
[Flags]
public enum FrameFlags : byte
{
    None = 0,

    /// <summary>The sender's last frame of this call.</summary>
    Final = 1,
}
