namespace Nexus.Bench.Vm;

/// <summary>Milliseconds from the stage before.</summary>
internal sealed record StageResult(string Stage, double Took);
