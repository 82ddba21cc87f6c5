namespace Nexus.Bench.Vm;

/// <summary>MiB for each of many idle machines: all its processes; of that the guest's memory.</summary>
internal sealed record IdleMachines(string Name, int Machines, double Pss, double GuestPss);
