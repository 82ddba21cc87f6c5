using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>A dry run: says what a rewrite of a published function would cover and what it would leave alone. Writes nothing.</summary>
public sealed class CoverageChecker(RuleSet rules)
{
    /// <param name="folder">The published function, rewritten already or not.</param>
    /// <param name="appName">Name of the application, needed only when the folder holds several.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0100 to NEXUS0112, NEXUS0118.</exception>
    public CoverageReport Check(string folder, string? appName = null)
    {
        var source = PublishFolder.Open(folder, appName);
        var applied = new List<AppliedRule>();
        var findings = new List<Finding>();
        var libraries = new List<LibraryCoverage>();
        if (source.IsManaged)
            foreach (var file in source.Files().Where(IsCandidate))
                CheckAssembly(source, Path.Combine(source.Path, file), applied, findings, libraries);
        else
            findings.Add(source.NotRewritable());
        return new CoverageReport
        {
            AppName = source.AppName,
            Form = source.Form.ToString(),
            Rules = applied,
            Libraries = [.. libraries.OrderBy(l => l.Assembly, StringComparer.Ordinal)],
            Findings = findings,
        };
    }

    private static bool IsCandidate(string file) =>
        file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
        && !file.EndsWith(".resources.dll", StringComparison.OrdinalIgnoreCase)
        && !GuestAssemblies.IsGuest(file);

    private void CheckAssembly(
        PublishFolder source,
        string path,
        List<AppliedRule> applied,
        List<Finding> findings,
        List<LibraryCoverage> libraries
    )
    {
        var probe = AssemblyProbe.Open(path);
        if (probe.Kind is ImageKind.NotManaged)
            return;
        var result = new AssemblyRewriter(rules, [source.Path]).Analyze(path);
        applied.AddRange(result.Applied);
        findings.AddRange(result.Findings);

        using var resolver = new FolderResolver([source.Path], []);
        using var module = ModuleDefinition.ReadModule(path, new ReaderParameters { InMemory = true, AssemblyResolver = resolver });
        var name = module.Assembly.Name;
        if (Describe(name, result) is { } library)
        {
            libraries.Add(library);
            return;
        }
        if (KnownNetwork.IsFramework(name.Name))
            return;
        var log = new RewriteLog(name.Name);
        new SiteScan(new SiteMatcher(rules, name.Name), log).Run(module);
        findings.AddRange(log.Findings);
    }

    /// <summary>What is known of the library itself; null when only its call sites can tell.</summary>
    private LibraryCoverage? Describe(AssemblyNameDefinition name, RewriteResult result)
    {
        var version = name.Version.ToString();
        var own = rules.Rules.Where(r => r.Assembly == name.Name && r.IsMethodRule).ToList();
        if (own.FirstOrDefault(r => r.CoversVersion(name.Version)) is { } rule)
            return new(
                name.Name,
                version,
                CoverageStatus.Covered,
                result.Outcome is RewriteOutcome.AlreadyRewritten ? $"rewritten already: {rule.Reason}" : rule.Reason
            );
        if (own.Count > 0)
            return new(name.Name, version, CoverageStatus.UnsupportedVersion, RewriterDiagnostics.UnsupportedVersion.Title);
        if (name.Name.StartsWith("AWSSDK.", StringComparison.Ordinal))
            return new(name.Name, version, CoverageStatus.Covered, "its calls go through AWSSDK.Core");
        return KnownNetwork.Libraries.TryGetValue(name.Name, out var why) ? new(name.Name, version, CoverageStatus.NotCovered, why) : null;
    }
}
