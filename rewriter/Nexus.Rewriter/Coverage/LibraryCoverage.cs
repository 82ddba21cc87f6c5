namespace Nexus.Rewriter;

/// <summary>What becomes of one network library of a function.</summary>
/// <param name="Assembly">Simple name.</param>
/// <param name="Version">Assembly version.</param>
/// <param name="Status">Whether its calls are offloaded.</param>
/// <param name="Why">The rule's reason, or why there is none.</param>
public sealed record LibraryCoverage(string Assembly, string Version, CoverageStatus Status, string Why);
