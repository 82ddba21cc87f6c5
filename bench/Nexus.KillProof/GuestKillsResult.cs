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

    /// <summary>How long a guest's call may take beyond its timeout.</summary>
    public double MostOverrunMs { get; init; } = Proof.MostOverrunMs;

    /// <summary>What was promised and did not hold; empty for a proof.</summary>
    public IReadOnlyList<string> Broken =>
        [
            .. Leaks(Before, After),
            .. Proof.Unless(StateFiles == 0, $"{StateFiles} state files were left behind"),
            .. Proof.Unless(Orphans == 0, $"{Orphans} guest processes were left behind"),
            .. Proof.Common(Load, MostOverrunMs),
        ];

    /// <summary>What is held after that was not before.</summary>
    public static IReadOnlyList<string> Leaks(Footprint before, Footprint after) =>
        [
            .. Proof.Unless(after.Regions <= before.Regions, $"{after.Regions - before.Regions} regions leaked"),
            .. Proof.Unless(after.MappedRegions <= before.MappedRegions, $"{after.MappedRegions - before.MappedRegions} mappings leaked"),
            .. Proof.Unless(after.Groups <= before.Groups, $"{after.Groups - before.Groups} control groups leaked"),
            .. Proof.Unless(after.Children <= before.Children, $"{after.Children - before.Children} processes were not collected"),
            .. Proof.Unless(
                after.Descriptors <= before.Descriptors + Slack,
                $"{after.Descriptors - before.Descriptors} descriptors leaked"
            ),
            .. Proof.Unless(after.Threads <= before.Threads + Slack, $"{after.Threads - before.Threads} threads leaked"),
        ];
}
