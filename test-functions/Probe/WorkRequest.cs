namespace Probe;

/// <summary>One piece of work that can be checked from outside.</summary>
public class WorkRequest
{
    public string Id { get; set; } = "";

    /// <summary>Bytes of the stored object.</summary>
    public int Bytes { get; set; }
}
