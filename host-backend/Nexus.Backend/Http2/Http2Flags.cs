namespace Nexus.Backend.Http2;

/// <summary>Flags of frames; what a bit means depends on the frame's type.</summary>
internal static class Http2Flags
{
    public const byte None = 0;

    /// <summary>Of settings and pings.</summary>
    public const byte Ack = 0x1;

    /// <summary>Of data and headers.</summary>
    public const byte EndStream = 0x1;

    /// <summary>Of headers and continuations.</summary>
    public const byte EndHeaders = 0x4;

    /// <summary>Of data and headers.</summary>
    public const byte Padded = 0x8;

    /// <summary>Of headers.</summary>
    public const byte Priority = 0x20;
}
