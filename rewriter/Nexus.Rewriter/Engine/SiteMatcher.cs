using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Decides which rule a reference to a method falls under.</summary>
internal sealed class SiteMatcher
{
    private readonly ILookup<string, RewriteRule> byMethod;

    /// <param name="rules">Only the call-site rules are used.</param>
    /// <param name="caller">Simple name of the assembly that holds the call sites.</param>
    public SiteMatcher(RuleSet rules, string caller)
    {
        byMethod = rules
            .Rules.Where(r => r.Kind is not RewriteKind.ReplaceBase && r.AppliesIn(caller))
            .ToLookup(r => r.Method, StringComparer.Ordinal);
    }

    public bool IsEmpty => byMethod.Count == 0;

    public IEnumerable<RewriteRule> Rules => byMethod.SelectMany(g => g);

    /// <summary>The rule for a call of the method; null for most.</summary>
    public RewriteRule? Match(MethodReference method)
    {
        foreach (var rule in byMethod[method.Name])
            if (ParametersMatch(rule, method) && DeclaresMatch(rule, method))
                return rule;
        return null;
    }

    /// <summary>Whether the rule is about a method with these parameters; generic parameters compare by their names.</summary>
    public static bool ParametersMatch(RewriteRule rule, MethodReference method) =>
        rule.Parameters is null
        || rule.Parameters.SequenceEqual(method.Parameters.Select(p => p.ParameterType.FullName), StringComparer.Ordinal);

    /// <summary>Whether a reference means the rule's type, perhaps through a facade such as netstandard, which forwards it.</summary>
    public static bool IsRulesType(RewriteRule rule, TypeReference type)
    {
        if (type.FullName != rule.Type || type.Scope is not AssemblyNameReference scope)
            return false;
        return scope.Name == rule.Assembly
            ? rule.CoversVersion(scope.Version)
            : TryResolve(type)?.Module.Assembly.Name is { } name && name.Name == rule.Assembly && rule.CoversVersion(name.Version);
    }

    private static bool DeclaresMatch(RewriteRule rule, MethodReference method)
    {
        var type = method.DeclaringType.GetElementType();
        if (type.FullName == rule.Type && type.Scope is AssemblyNameReference)
            return IsRulesType(rule, type);
        // A reference through a derived type that inherits the method.
        if (rule.Kind is RewriteKind.ReplaceNew || type.FullName == rule.Type)
            return false;
        try
        {
            return method.Resolve() is { } definition
                && definition.DeclaringType.FullName == rule.Type
                && definition.Module.Assembly.Name.Name == rule.Assembly
                && rule.CoversVersion(definition.Module.Assembly.Name.Version);
        }
        catch (AssemblyResolutionException)
        {
            return false;
        }
    }

    private static TypeDefinition? TryResolve(TypeReference type)
    {
        try
        {
            return type.Resolve();
        }
        catch (AssemblyResolutionException)
        {
            return null;
        }
    }
}
