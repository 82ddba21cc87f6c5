using Nexus.Rewriter;

namespace Nexus.KillProof;

/// <summary>What the backend that is going to be killed serves.</summary>
/// <param name="Listen">Address; the same for every backend of a run.</param>
/// <param name="StateFolder">Where it remembers its instances.</param>
/// <param name="Function">The working function.</param>
/// <param name="Run">Marks this run's guests: value of their variable <c>PROOF_RUN</c>.</param>
/// <param name="MaxInstances">Guests at once.</param>
/// <param name="Machines">What guests are virtual machines of; null for processes.</param>
internal sealed record NodeSettings(
    string Listen,
    string StateFolder,
    PreparedFunction Function,
    string Run,
    int MaxInstances,
    ProofMachines? Machines
);
