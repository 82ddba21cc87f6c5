namespace Nexus.Channel;

/// <summary>Why a direction ended abnormally.</summary>
public enum AbortCode : ushort
{
    None = 0,

    /// <summary>The sender's user asked for it.</summary>
    Cancelled = 1,

    /// <summary>The call's deadline passed.</summary>
    DeadlineExceeded = 2,

    /// <summary>The sender failed; nothing more is known.</summary>
    Failed = 3,

    /// <summary>Too many calls, bytes or requests for this function.</summary>
    Refused = 4,

    /// <summary>The other end does not know the protocol or could not read the head.</summary>
    BadRequest = 5,

    /// <summary>Not sent: the session was lost, the backend was restarted or went away.</summary>
    SessionLost = 100,
}
