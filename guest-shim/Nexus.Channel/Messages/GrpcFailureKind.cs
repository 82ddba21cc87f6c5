namespace Nexus.Channel.Messages;

/// <summary>How far a call came that had no answer, or none that ended.</summary>
public enum GrpcFailureKind : byte
{
    /// <summary>The exchange with the server broke.</summary>
    Exchange = 0,

    /// <summary>There was no connection to the server.</summary>
    Connect = 1,

    /// <summary>The backend does not let the function make this call.</summary>
    Refused = 2,
}
