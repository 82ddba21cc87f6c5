namespace Nexus.KillProof;

/// <summary>What the backend held before and after guests were killed, without any guest both times.</summary>
/// <param name="Kills">Guests killed between the two looks.</param>
/// <param name="Before">After the warm-up.</param>
/// <param name="After">After the last kill.</param>
/// <param name="StateFiles">Files left in the state folder.</param>
/// <param name="Orphans">Guest processes left when the backend had ended.</param>
/// <param name="Load">What callers and guests saw.</param>
public sealed record GuestKillsResult(int Kills, Footprint Before, Footprint After, int StateFiles, int Orphans, LoadResult Load)
{
    // The thread pool's size follows the load of the moment, and with it some descriptors of idle connections.
    private const int Slack = 6;

    /// <summary>What was promised and did not hold; empty for a proof.</summary>
    public IReadOnlyList<string> Broken =>
        [
            .. Proof.Unless(After.Regions <= Before.Regions, $"{After.Regions - Before.Regions} regions leaked"),
            .. Proof.Unless(After.MappedRegions <= Before.MappedRegions, $"{After.MappedRegions - Before.MappedRegions} mappings leaked"),
            .. Proof.Unless(After.Groups <= Before.Groups, $"{After.Groups - Before.Groups} control groups leaked"),
            .. Proof.Unless(After.Children <= Before.Children, $"{After.Children - Before.Children} processes were not collected"),
            .. Proof.Unless(
                After.Descriptors <= Before.Descriptors + Slack,
                $"{After.Descriptors - Before.Descriptors} descriptors leaked"
            ),
            .. Proof.Unless(After.Threads <= Before.Threads + Slack, $"{After.Threads - Before.Threads} threads leaked"),
            .. Proof.Unless(StateFiles == 0, $"{StateFiles} state files were left behind"),
            .. Proof.Unless(Orphans == 0, $"{Orphans} guest processes were left behind"),
            .. Proof.Common(Load),
        ];
}
