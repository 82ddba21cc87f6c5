namespace Nexus.Channel;

/// <summary>The peer broke the protocol; its instance ends. Thrown while draining or parsing, caught by the peer.</summary>
public sealed class ProtocolViolationException : Exception
{
    public ProtocolViolationException(string what)
        : base($"{ChannelDiagnostics.Violation.Id}: {ChannelDiagnostics.Violation.Title} ({what}).") { }
}
