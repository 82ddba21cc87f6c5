using Microsoft.Build.Framework;
using Nexus.Diagnostics;
using Nexus.Rewriter;
using Task = Microsoft.Build.Utilities.Task;

namespace Nexus.Build;

/// <summary>
/// Rewrites the project's own assembly where the compiler has put it, so that everything later in the build takes it from there. A second time
/// finds it done.
/// </summary>
public sealed class RewriteOwnAssembly : Task
{
    /// <summary>What the compiler wrote.</summary>
    [Required]
    public ITaskItem[] Assemblies { get; set; } = [];

    /// <summary>The assemblies it was compiled against.</summary>
    public ITaskItem[] References { get; set; } = [];

    /// <summary>The file that warnings point at.</summary>
    public string? ProjectFile { get; set; }

    public override bool Execute()
    {
        var rewriter = new AssemblyRewriter(RuleSet.Default, referenceFiles: [.. References.Select(r => r.GetMetadata("FullPath"))]);
        foreach (var file in Assemblies.Select(a => a.GetMetadata("FullPath")))
            try
            {
                var result = rewriter.Rewrite(file, file);
                foreach (var finding in result.Findings)
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
                foreach (var rule in result.Applied)
                    Log.LogMessage(MessageImportance.Low, "Nexus: {0} in {1}", rule.RuleId, rule.Member);
            }
            catch (NexusException e)
            {
                Log.LogError(null, e.Diagnostic.Id, null, ProjectFile, 0, 0, 0, 0, e.Message);
            }
        return !Log.HasLoggedErrors;
    }
}
