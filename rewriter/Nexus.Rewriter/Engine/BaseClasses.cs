using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Nexus.Rewriter;

/// <summary>
/// Puts another class between a base class and those that derive from it. Their calls of base methods, constructors included, go to that class; so do those of
/// classes further down, whose own base was replaced in the assembly that has it.
/// </summary>
internal sealed class BaseClasses(ModuleDefinition module, RuleSet rules, TargetBuilder targets, RewriteLog log)
{
    public void Apply()
    {
        var name = module.Assembly.Name.Name;
        var current = rules.Rules.Where(r => r.Kind is RewriteKind.ReplaceBase && r.AppliesIn(name)).ToList();
        if (current.Count == 0 || !module.GetTypeReferences().Any(t => current.Exists(r => r.Type == t.FullName)))
            return;
        var types = module.GetTypes().Where(t => t.IsClass && t.BaseType is not null).ToList();
        // Found before any base is replaced, so that what derives from what is still to be seen.
        var below = types.SelectMany(t => current.Where(r => Derives(t, r)).Select(r => (Type: t, Rule: r))).ToList();
        foreach (var (type, rule) in below)
        {
            if (SiteMatcher.IsRulesType(rule, type.BaseType))
            {
                type.BaseType = targets.TargetType(rule);
                log.Applied(rule, type);
            }
            foreach (var method in type.Methods.Where(m => m.HasBody))
                RedirectBaseCalls(method, rule);
        }
    }

    private void RedirectBaseCalls(MethodDefinition method, RewriteRule rule)
    {
        foreach (var instruction in method.Body.Instructions)
        {
            if (
                instruction.OpCode.Code is not (Code.Call or Code.Ldftn)
                || instruction.Operand is not MethodReference { HasThis: true } callee
                || !SiteMatcher.IsRulesType(rule, callee.DeclaringType)
            )
                continue;
            var redirected = new MethodReference(callee.Name, callee.ReturnType, targets.TargetType(rule)) { HasThis = true };
            foreach (var parameter in callee.Parameters)
                redirected.Parameters.Add(new ParameterDefinition(parameter.ParameterType));
            instruction.Operand = redirected;
            log.Change(method);
        }
    }

    /// <summary>Whether the class comes to stand below the target: every class up to the rule's is in an assembly that the rule is applied in.</summary>
    private static bool Derives(TypeDefinition type, RewriteRule rule)
    {
        try
        {
            for (var at = type; at is { BaseType: { } parent } && rule.AppliesIn(at.Module.Assembly.Name.Name); at = parent.Resolve())
                if (SiteMatcher.IsRulesType(rule, parent))
                    return true;
        }
        catch (AssemblyResolutionException)
        {
            return false;
        }
        return false;
    }
}
