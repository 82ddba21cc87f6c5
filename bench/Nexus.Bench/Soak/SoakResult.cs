namespace Nexus.Bench.Soak;

/// <summary>A soak's outcome.</summary>
/// <param name="Minutes">How long the load ran.</param>
/// <param name="Calls">Calls that ended as they should, by load.</param>
/// <param name="Failures">Other ends, by load and message: those of guests that were killed among them.</param>
/// <param name="Kills">Guests killed.</param>
/// <param name="Stuck">Loads whose last call did not end.</param>
internal sealed record SoakResult(
    double Minutes,
    IReadOnlyDictionary<string, long> Calls,
    IReadOnlyDictionary<string, long> Failures,
    int Kills,
    IReadOnlyList<string> Stuck,
    IReadOnlyList<BackendSample> Samples,
    IReadOnlyList<SoakGrowth> Growth
)
{
    public bool Passed => Stuck.Count == 0 && Growth.All(static growth => growth.IsWithin) && Calls.Values.All(static calls => calls > 0);
}
