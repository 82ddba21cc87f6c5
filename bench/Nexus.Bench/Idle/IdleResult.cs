namespace Nexus.Bench.Idle;

/// <summary>What the instances of one variant cost while nothing happens.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Instances">How many ran at once.</param>
/// <param name="PrivateDirty">MB per instance.</param>
/// <param name="Pss">MB per instance: shared pages divided among those who share them.</param>
/// <param name="BackendPss">MB per instance; 0 without a backend.</param>
/// <param name="CpuPercent">Of one core, all instances and the backend together.</param>
internal sealed record IdleResult(string Name, int Instances, double PrivateDirty, double Pss, double BackendPss, double CpuPercent);
