namespace Nexus.Bench.Vm;

/// <summary>PSS of one monitor in MiB: besides everything that the guest sees, and of what of it.</summary>
internal sealed record MonitorResult(double Pss, double PrivateDirty, double JailPss);
