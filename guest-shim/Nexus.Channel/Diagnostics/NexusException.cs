namespace Nexus.Diagnostics;

/// <summary>An error with an id, the offending value and the next step; the message holds all three.</summary>
public sealed class NexusException : Exception
{
    public NexusException(Diagnostic diagnostic, string value, Exception? inner = null)
        : base($"{diagnostic.Id}: {diagnostic.Title} ({value}). {diagnostic.NextStep}", inner)
    {
        Diagnostic = diagnostic;
        Value = value;
    }

    /// <summary>Which known failure this is.</summary>
    public Diagnostic Diagnostic { get; }

    /// <summary>The offending value.</summary>
    public string Value { get; }
}
