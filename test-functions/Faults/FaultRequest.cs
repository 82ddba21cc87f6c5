namespace Faults;

/// <summary>Which way to fail.</summary>
public class FaultRequest
{
    public string Kind { get; set; } = "";

    /// <summary>Megabytes, milliseconds or an exit code, by the kind.</summary>
    public int Amount { get; set; }
}
