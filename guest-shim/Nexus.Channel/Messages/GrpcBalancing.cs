namespace Nexus.Channel.Messages;

/// <summary>Which of several servers a gRPC call goes to.</summary>
public enum GrpcBalancing : byte
{
    /// <summary>There is one, which the authority names.</summary>
    None = 0,

    /// <summary>The first that can be reached, and then that one for as long as it can.</summary>
    PickFirst = 1,

    /// <summary>Each in its turn, those left out that could not be reached a moment ago.</summary>
    RoundRobin = 2,
}
