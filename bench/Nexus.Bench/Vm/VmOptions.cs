namespace Nexus.Bench.Vm;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Starts of each kind.</param>
/// <param name="Instances">Clones that are idle at once; 0 for none.</param>
/// <param name="Unmodified">Clones of the unmodified function's machine that are idle at once.</param>
/// <param name="Clones">Clones that are made, asked and ended one after the other; 0 for none.</param>
/// <param name="Part">Only one of <see cref="VmBench.Parts"/>; null for all but the clones.</param>
internal sealed record VmOptions(int Rounds, int Instances, int Unmodified, int Clones, string? Part);
