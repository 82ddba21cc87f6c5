namespace Nexus.Bench.Vm;

/// <summary>From the call to its answer, in ms, with no instance there before.</summary>
/// <param name="Name">The kind of start.</param>
/// <param name="Median">Of all rounds.</param>
/// <param name="Least">The fastest.</param>
/// <param name="Most">The slowest.</param>
/// <param name="Stages">Median time of each stage, in their order; empty for a process.</param>
internal sealed record StartResult(string Name, double Median, double Least, double Most, IReadOnlyList<StageResult> Stages);
