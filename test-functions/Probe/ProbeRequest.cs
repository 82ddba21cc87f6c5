namespace Probe;

/// <summary>What to look at or to do.</summary>
public class ProbeRequest
{
    public string Kind { get; set; } = "";

    /// <summary>Milliseconds or a seed, by the kind.</summary>
    public int Amount { get; set; }

    /// <summary>An address or a text, by the kind.</summary>
    public string Text { get; set; } = "";
}
