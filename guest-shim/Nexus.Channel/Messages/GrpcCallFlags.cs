namespace Nexus.Channel.Messages;

/// <summary>What one call asks for besides its headers.</summary>
[Flags]
public enum GrpcCallFlags : byte
{
    None = 0,

    /// <summary>Wait for a server that cannot be reached instead of failing.</summary>
    WaitForReady = 1,
}
