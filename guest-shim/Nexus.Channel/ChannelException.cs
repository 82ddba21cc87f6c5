namespace Nexus.Channel;

/// <summary>A call ended without its answer.</summary>
public sealed class ChannelException : Exception
{
    public ChannelException(AbortCode code, string message)
        : base(message)
    {
        Code = code;
    }

    /// <summary>Who ended it and why.</summary>
    public AbortCode Code { get; }
}
