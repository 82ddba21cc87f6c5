namespace Nexus.Backend.Sandbox;

/// <summary>One finding about the host.</summary>
/// <param name="Name">Short stable name.</param>
/// <param name="Verdict">How serious it is.</param>
/// <param name="Detail">What was found, with the value.</param>
/// <param name="NextStep">What to do; empty when nothing.</param>
public sealed record HostCheck(string Name, HostVerdict Verdict, string Detail, string NextStep = "");
