namespace Nexus.Diagnostics;

/// <summary>
/// A known failure: its stable id, what it means and what the reader should do next. One static catalogue per area
/// (<c>ChannelDiagnostics</c>, <c>RewriterDiagnostics</c>, ...) lists them; <c>nexus explain ID</c> prints them.
/// </summary>
/// <param name="Id">Stable id, <c>NEXUS0001</c> to <c>NEXUS9999</c>; never reused.</param>
/// <param name="Title">What happened, one sentence, without the offending value.</param>
/// <param name="Cause">Why it happens, for somebody who never saw it before.</param>
/// <param name="NextStep">What to do now.</param>
public sealed record Diagnostic(string Id, string Title, string Cause, string NextStep)
{
    /// <summary>The exception to throw for this diagnostic.</summary>
    /// <param name="value">The offending value, as the user would recognise it.</param>
    /// <param name="inner">The underlying failure, if any.</param>
    public NexusException With(string value, Exception? inner = null) => new(this, value, inner);
}
