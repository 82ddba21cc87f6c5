namespace Nexus.KillProof;

/// <summary>What became of guests and callers while backends were killed.</summary>
/// <param name="Kills">Backends killed.</param>
/// <param name="TakenOver">Guests taken over, summed over all restarts.</param>
/// <param name="Lost">Guests that a later backend did not have any more.</param>
/// <param name="LongestRestartSeconds">From the start of a backend's process until it served.</param>
/// <param name="Orphans">Guest processes left a minute after the last backend ended in order.</param>
/// <param name="StateFiles">Files left in the state folder then.</param>
/// <param name="Load">What callers and guests saw.</param>
public sealed record BackendKillsResult(
    int Kills,
    int TakenOver,
    int Lost,
    double LongestRestartSeconds,
    int Orphans,
    int StateFiles,
    LoadResult Load
)
{
    /// <summary>How long a guest's call may take beyond its timeout.</summary>
    public double MostOverrunMs { get; init; } = Proof.MostOverrunMs;

    /// <summary>What was promised and did not hold; empty for a proof.</summary>
    public IReadOnlyList<string> Broken =>
        [
            .. Proof.Unless(Lost == 0, $"{Lost} guests were lost"),
            .. Proof.Unless(Orphans == 0, $"{Orphans} guest processes were left behind"),
            .. Proof.Unless(StateFiles == 0, $"{StateFiles} state files were left behind"),
            .. Proof.Common(Load, MostOverrunMs),
        ];
}
