namespace Probe;

/// <summary>What came back from the services, and how long calls took in this process's whole life.</summary>
public class WorkAnswer
{
    public string Id { get; set; } = "";

    /// <summary>The item's value as DynamoDB gave it back.</summary>
    public string Item { get; set; } = "";

    /// <summary>SHA-256 of the object as S3 gave it back, hexadecimal.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Process id inside the sandbox and start in ticks: which process answered.</summary>
    public string Process { get; set; } = "";

    /// <summary>The worst call's time beyond its timeout in milliseconds; negative while none took that long.</summary>
    public double WorstOverrunMs { get; set; }

    /// <summary>Calls so far.</summary>
    public int Calls { get; set; }

    /// <summary>Calls so far that failed.</summary>
    public int FailedCalls { get; set; }

    /// <summary>Answers so far that did not hold what had been stored.</summary>
    public int Corruptions { get; set; }
}
