namespace Nexus.KillProof;

/// <summary>What callers and guests saw.</summary>
/// <param name="Completed">Pieces of work answered and checked.</param>
/// <param name="Retried">Attempts that were not answered.</param>
/// <param name="Wrong">Answers, or values read back, that were not what was stored.</param>
/// <param name="WorstSeconds">Longest a caller needed for one piece of work, its retries included.</param>
/// <param name="WorstOverrunMs">Longest any AWS call of a guest took beyond its timeout; negative when all ended before.</param>
/// <param name="GuestCalls">AWS calls, as the guests' last answers tell.</param>
/// <param name="GuestFailedCalls">Those of them that failed.</param>
/// <param name="Guests">Guests that answered.</param>
/// <param name="Errors">Unanswered attempts, by reason.</param>
public sealed record LoadResult(
    long Completed,
    long Retried,
    long Wrong,
    double WorstSeconds,
    double WorstOverrunMs,
    long GuestCalls,
    long GuestFailedCalls,
    int Guests,
    IReadOnlyDictionary<string, int> Errors
);
