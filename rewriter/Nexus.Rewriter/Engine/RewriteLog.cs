using Mono.Cecil;
using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>Collects what happened to one assembly.</summary>
internal sealed class RewriteLog(string assembly)
{
    private readonly List<AppliedRule> applied = [];
    private readonly List<Finding> findings = [];
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);

    public IReadOnlyList<AppliedRule> AppliedRules => applied;

    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Keys of the methods that rules changed.</summary>
    public IReadOnlySet<string> Changed => changed;

    /// <summary>Identifies a method across a rewrite; full names alone do not tell <c>M()</c> from <c>M&lt;T&gt;()</c>.</summary>
    public static string Key(MethodDefinition method) => $"{method.DeclaringType.FullName}#{method.DeclaringType.Methods.IndexOf(method)}";

    public void Applied(RewriteRule rule, MethodDefinition method)
    {
        changed.Add(Key(method));
        applied.Add(new AppliedRule(rule.Id, rule.Number, assembly, method.FullName));
    }

    /// <summary>Notes a class that got another base class.</summary>
    public void Applied(RewriteRule rule, TypeDefinition type) =>
        applied.Add(new AppliedRule(rule.Id, rule.Number, assembly, type.FullName));

    /// <summary>Notes that a body differs, without a rule of its own.</summary>
    public void Change(MethodDefinition method) => changed.Add(Key(method));

    public void NotRewritable(RewriteRule rule, MethodDefinition method, string why)
    {
        Add(RewriterDiagnostics.SiteNotRewritable, method.FullName, $"rule '{rule.Id}' was not put in: {why}");
    }

    public void Add(Diagnostic diagnostic, string? member, string message) =>
        findings.Add(new Finding(diagnostic.Id, assembly, member, message));
}
