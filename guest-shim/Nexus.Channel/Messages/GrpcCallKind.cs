namespace Nexus.Channel.Messages;

/// <summary>Who sends how many messages.</summary>
public enum GrpcCallKind : byte
{
    Unary = 0,
    ClientStreaming = 1,
    ServerStreaming = 2,
    Duplex = 3,
}
