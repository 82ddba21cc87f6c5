namespace FanOut;

/// <summary>What to try.</summary>
public class FanOutRequest
{
    /// <summary>many, cancelled, cancelInFlight, clientTimeout or sync.</summary>
    public string Operation { get; set; } = "";

    /// <summary>Calls at once.</summary>
    public int Calls { get; set; } = 50;
}
