namespace Nexus.Rewriter;

/// <summary>One hook as data: where it is, in which versions, and what it calls instead.</summary>
public sealed record RewriteRule
{
    /// <summary>Stable name, such as <c>aws-v4-pipeline</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Stable number, unique in a set, 0 to 255: the slot of the rule's hit counter in the guest.</summary>
    public required int Number { get; init; }

    /// <summary>Simple name of the assembly that declares the method.</summary>
    public required string Assembly { get; init; }

    /// <summary>Lowest assembly version the rule is for, inclusive; any when null.</summary>
    public Version? VersionFrom { get; init; }

    /// <summary>Lowest assembly version the rule is no longer for; any when null.</summary>
    public Version? VersionBefore { get; init; }

    /// <summary>Full metadata name of the declaring type, nested types with '/', generic ones with their arity: <c>N.Outer/Inner`1</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Name of the method; <c>.ctor</c> for <see cref="RewriteKind.ReplaceNew"/> and <see cref="RewriteKind.ReplaceBase"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Full names of the parameter types; every overload when null.</summary>
    public IReadOnlyList<string>? Parameters { get; init; }

    public required RewriteKind Kind { get; init; }

    public RuleArguments Arguments { get; init; }

    public required string TargetAssembly { get; init; }

    public required string TargetType { get; init; }

    public required string TargetMethod { get; init; }

    /// <summary>Simple names of assemblies whose call sites are left alone; a name that ends in <c>*</c> stands for every one that begins like it.</summary>
    public IReadOnlyList<string> ExceptIn { get; init; } = [];

    /// <summary>Why the hook is at this place; printed by <c>nexus check</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>False for a rule that only lets an error say more: what it is applied to still needs a network.</summary>
    public bool Offloads { get; init; } = true;

    /// <summary>Whether the rule changes callers rather than the method itself.</summary>
    public bool IsCallSiteRule =>
        Kind is RewriteKind.ReplaceCall or RewriteKind.ReplaceNew or RewriteKind.WrapCall or RewriteKind.ReplaceBase;

    /// <summary>Whether the rule changes the method it names.</summary>
    public bool IsMethodRule => !IsCallSiteRule && Kind is not RewriteKind.CallAtStart;

    /// <summary>Whether call sites in an assembly fall under the rule.</summary>
    /// <param name="assembly">Simple name of the assembly with the call sites.</param>
    public bool AppliesIn(string assembly) =>
        IsCallSiteRule
        && Assembly != assembly
        && TargetAssembly != assembly
        && !ExceptIn.Any(name =>
            name.EndsWith('*') ? assembly.StartsWith(name[..^1], StringComparison.Ordinal) : assembly.Equals(name, StringComparison.Ordinal)
        );

    public bool CoversVersion(Version version) =>
        (VersionFrom is null || version >= VersionFrom) && (VersionBefore is null || version < VersionBefore);
}
