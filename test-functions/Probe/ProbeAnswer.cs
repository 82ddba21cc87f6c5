namespace Probe;

/// <summary>What was found.</summary>
public class ProbeAnswer
{
    public string Text { get; set; } = "";

    /// <summary>Exceptions from the outermost to the innermost, each as type, a colon and its message; empty when nothing failed.</summary>
    public List<string> Failures { get; set; } = [];

    /// <summary>Names of what is loaded or was set up.</summary>
    public List<string> Names { get; set; } = [];
}
