namespace Nexus.Bench.Vm;

/// <summary>From the monitor's start to the first line of the guest's first program, in ms.</summary>
internal sealed record BootResult(string Monitor, double Median, double Least, double Most);
