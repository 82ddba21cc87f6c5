namespace Nexus.Channel.Messages;

/// <summary>
/// Statuses of a first <see cref="HttpResponseHead"/> that is not the answer yet. The head proper follows as payload: its length as a u32, then the head, in data frames
/// of their own.
/// </summary>
public static class HttpInterim
{
    /// <summary>The service wants the body (<see cref="HttpProperty.Expect"/>), or did not say in time.</summary>
    public const int Continue = 100;

    /// <summary>The answer's head is larger than a head frame.</summary>
    public const int LongHead = 102;

    /// <summary>Most bytes of a head that follows as payload.</summary>
    public const int MostHeadBytes = 1024 * 1024 - 4;

    public static bool IsInterim(int status) => status is Continue or LongHead;
}
