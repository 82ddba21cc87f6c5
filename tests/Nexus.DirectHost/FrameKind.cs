namespace Nexus.DirectHost;

/// <summary>First byte of a frame from the function's process.</summary>
internal enum FrameKind : byte
{
    Ready = (byte)'I',
    InitError = (byte)'X',
    Log = (byte)'L',
    Result = (byte)'R',
    Error = (byte)'E',
}
