namespace Nexus.Rewriter;

/// <summary>One place where a rule was put in.</summary>
/// <param name="RuleId">Id of the rule.</param>
/// <param name="Number">The rule's hit counter.</param>
/// <param name="Assembly">Simple name of the assembly that was changed.</param>
/// <param name="Member">Full name of the method that was changed.</param>
public sealed record AppliedRule(string RuleId, int Number, string Assembly, string Member);
