namespace Nexus.Channel;

/// <summary>What a descriptor says.</summary>
public enum FrameKind : byte
{
    /// <summary>Opens a call; its block is the call's head.</summary>
    Open = 1,

    /// <summary>The responder's head block: status and headers.</summary>
    Head = 2,

    /// <summary>A block of payload, or none (with <see cref="FrameFlags.Final"/>).</summary>
    Data = 3,

    /// <summary>A block of trailing metadata.</summary>
    Trailers = 4,

    /// <summary>Ends the sender's direction abnormally; the code says why. Always final.</summary>
    Abort = 5,

    /// <summary>Only gives blocks back.</summary>
    Release = 6,
}
