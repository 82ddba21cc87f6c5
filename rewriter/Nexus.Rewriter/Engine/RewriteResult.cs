namespace Nexus.Rewriter;

/// <summary>What became of one assembly.</summary>
/// <param name="Outcome">Whether something was written.</param>
/// <param name="Applied">Where rules were put in, in the order of the metadata.</param>
/// <param name="Findings">What could not be rewritten, and why.</param>
public sealed record RewriteResult(RewriteOutcome Outcome, IReadOnlyList<AppliedRule> Applied, IReadOnlyList<Finding> Findings);
