using Microsoft.Build.Framework;
using Nexus.Diagnostics;
using Nexus.Rewriter;
using Task = Microsoft.Build.Utilities.Task;

namespace Nexus.Build;

/// <summary>Rewrites the assemblies that rules concern into the intermediate folder, and writes the manifest.</summary>
public sealed class RewriteAssemblies : Task
{
    /// <summary>The assemblies that packages bring.</summary>
    [Required]
    public ITaskItem[] Assemblies { get; set; } = [];

    /// <summary>The shared frameworks that the project refers to.</summary>
    public ITaskItem[] Frameworks { get; set; } = [];

    [Required]
    public string OutputFolder { get; set; } = "";

    /// <summary>The manifest to write; its date is the date of the rewrite.</summary>
    [Required]
    public string Manifest { get; set; } = "";

    /// <summary>The file that warnings point at.</summary>
    public string? ProjectFile { get; set; }

    public override bool Execute()
    {
        var rules = RuleSet.Default;
        var files = Assemblies.Select(a => a.GetMetadata("FullPath")).Where(IsAssembly).ToList();
        var rewriter = new AssemblyRewriter(rules, referenceFiles: files);
        var rewritten = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var applied = new List<AppliedRule>();
        foreach (var file in files)
        {
            var output = Path.Combine(OutputFolder, Path.GetFileName(file));
            try
            {
                var result = rewriter.Rewrite(file, output);
                foreach (var finding in result.Findings)
                    Warn(finding);
                if (result.Outcome is RewriteOutcome.Rewritten)
                    rewritten.Add(file, output);
                applied.AddRange(result.Applied);
            }
            catch (NexusException e)
            {
                Log.LogError(null, e.Diagnostic.Id, null, ProjectFile, 0, 0, 0, 0, e.Message);
            }
        }
        foreach (var rule in applied)
            Log.LogMessage(MessageImportance.Low, "Nexus: {0} in {1}", rule.RuleId, rule.Member);
        if (Log.HasLoggedErrors)
            return false;
        var usesAspNetCore = Frameworks.Any(f => f.ItemSpec == "Microsoft.AspNetCore.App");
        new RewriteManifest(rewritten, GuestAssemblies.ForBuild(rules, applied, files, usesAspNetCore)).Save(Manifest);
        return true;
    }

    private static bool IsAssembly(string path) => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    private void Warn(Finding finding) =>
        Log.LogWarning(
            null,
            finding.DiagnosticId,
            null,
            ProjectFile,
            0,
            0,
            0,
            0,
            $"{finding.Assembly}: {finding.Member} {finding.Message}"
        );
}
