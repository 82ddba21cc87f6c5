namespace Nexus.Bench.Soak;

/// <summary>One thing the backend holds: after the warm-up, at the end, and how much more it may be.</summary>
internal sealed record SoakGrowth(string What, double AfterWarmUp, double AtEnd, double Bound)
{
    public bool IsWithin => AtEnd <= Bound;
}
