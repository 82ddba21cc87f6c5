namespace Nexus.KillProof;

/// <summary>The working function's answer: what came back from the services, and its process's account of its calls.</summary>
internal sealed record GuestReport(
    string Id,
    string Item,
    string Hash,
    string Process,
    double WorstOverrunMs,
    int Calls,
    int FailedCalls,
    int Corruptions
);
