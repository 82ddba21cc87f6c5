namespace Nexus.Bench.Vm;

/// <summary>Everything that was measured; what was not is null.</summary>
/// <param name="Rounds">Starts of each kind.</param>
/// <param name="Boots">Kernel and first program under each monitor.</param>
/// <param name="Starts">A DynamoDB function, from nothing to its first answer.</param>
/// <param name="Monitor">What a monitor needs besides its guest's memory.</param>
/// <param name="Idle">Many idle machines.</param>
/// <param name="Calls">Warm calls of functions in processes and in machines, through Nexus and over a network card.</param>
/// <param name="Turns">Clones one after the other.</param>
/// <param name="Skipped">What could not be measured, and why.</param>
internal sealed record VmResult(
    int Rounds,
    IReadOnlyList<BootResult>? Boots,
    IReadOnlyList<StartResult>? Starts,
    MonitorResult? Monitor,
    IReadOnlyList<IdleMachines>? Idle,
    IReadOnlyList<MachineCalls>? Calls,
    TurnsResult? Turns,
    IReadOnlyList<string> Skipped
);
