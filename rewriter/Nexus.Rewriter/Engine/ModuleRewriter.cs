using System.Reflection;
using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Applies a rule set to a module in memory: first to its callers' side, then to the methods it declares itself.</summary>
/// <param name="module">The module.</param>
/// <param name="rules">The rules.</param>
/// <param name="compiledAgainst">Assemblies that the module was compiled against, by path; empty where only the result of a build is known.</param>
/// <param name="log">Hears of every rule that was put in.</param>
internal sealed class ModuleRewriter(ModuleDefinition module, RuleSet rules, IReadOnlyList<string> compiledAgainst, RewriteLog log)
{
    public void Run()
    {
        var targets = new TargetBuilder(module);
        // Before the call sites: a constructor call of a replaced base class is no construction.
        new BaseClasses(module, rules, targets, log).Apply();
        RewriteCallSites(targets);
        RewriteMethods(targets);
        RewriteStart(targets);
    }

    private void RewriteCallSites(TargetBuilder targets)
    {
        var matcher = new SiteMatcher(rules, module.Assembly.Name.Name);
        if (matcher.IsEmpty || !MentionsRules(matcher))
            return;
        var sites = new CallSites(module, targets, matcher, log);
        var siteRules = matcher.Rules.ToList();
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
        {
            sites.Apply(method);
            ReflectionScan.Report(siteRules, method, log);
        }
    }

    /// <summary>Reading every body costs time and memory, so that only assemblies which mention a rule's type or method are read in full.</summary>
    private bool MentionsRules(SiteMatcher matcher) =>
        module.GetTypeReferences().Any(t => matcher.Rules.Any(r => r.Type == t.FullName))
        || module.GetMemberReferences().OfType<MethodReference>().Any(m => matcher.Match(m) is not null);

    private void RewriteMethods(TargetBuilder targets)
    {
        var name = module.Assembly.Name;
        var own = rules.Rules.Where(r => r.IsMethodRule && r.Assembly == name.Name).ToList();
        if (own.Count == 0)
            return;
        var current = own.Where(r => r.CoversVersion(name.Version)).ToList();
        if (current.Count == 0)
            log.Add(RewriterDiagnostics.UnsupportedVersion, null, $"{name.Name} {name.Version}");
        var hooks = new MethodHooks(targets);
        foreach (var rule in current)
        {
            var methods =
                module.GetType(rule.Type)?.Methods.Where(m => m.Name == rule.Method && SiteMatcher.ParametersMatch(rule, m)).ToList() ?? [];
            if (methods.Count == 0 || methods.FirstOrDefault(m => !MethodHooks.Fits(rule, m)) is not null)
                throw RewriterDiagnostics.RuleDoesNotFit.With($"rule '{rule.Id}', {rule.Type}.{rule.Method} in {name.Name} {name.Version}");
            foreach (var method in methods)
            {
                hooks.Apply(rule, method);
                log.Applied(rule, method);
            }
        }
    }

    private void RewriteStart(TargetBuilder targets)
    {
        if (module.EntryPoint is not { HasBody: true } main)
            return;
        var hooks = new MethodHooks(targets);
        foreach (var rule in rules.Rules.Where(r => r.Kind is RewriteKind.CallAtStart && IsCompiledAgainst(r)))
        {
            hooks.Apply(rule, main);
            log.Applied(rule, main);
        }
    }

    private bool IsCompiledAgainst(RewriteRule rule) =>
        compiledAgainst.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == rule.Assembly) is { } reference
        && AssemblyName.GetAssemblyName(reference).Version is { } version
        && rule.CoversVersion(version);
}
