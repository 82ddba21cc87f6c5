using Mono.Cecil;
using Nexus.Diagnostics;

namespace Nexus.Rewriter;

/// <summary>
/// Puts a rule set into assemblies, one at a time. The same input and rules give the same bytes; identity, symbols and everything the
/// rules do not name are kept; ReadyToRun code is dropped. The input file is only ever read.
/// </summary>
/// <param name="rules">The rules to put in.</param>
/// <param name="searchFolders">Folders in which referenced assemblies are found, besides the input's own and the running framework's.</param>
/// <param name="referenceFiles">Referenced assemblies by path; they win over folders.</param>
public sealed class AssemblyRewriter(
    RuleSet rules,
    IReadOnlyList<string>? searchFolders = null,
    IReadOnlyList<string>? referenceFiles = null
)
{
    /// <summary>Rewrites one assembly if a rule concerns it.</summary>
    /// <param name="input">The assembly; a portable PDB beside it is taken along.</param>
    /// <param name="output">Where the result goes, replaced at once when complete; its PDB goes beside it.</param>
    /// <exception cref="NexusException">NEXUS0100 to NEXUS0106; nothing was written.</exception>
    public RewriteResult Rewrite(string input, string output)
    {
        var (result, image, symbols) = Run(input);
        if (image is null)
            return result;
        if (symbols is not null)
            AtomicFile.Write(Path.ChangeExtension(output, ".pdb"), symbols);
        AtomicFile.Write(output, image);
        return result;
    }

    /// <summary>Does everything <see cref="Rewrite"/> does except writing.</summary>
    /// <exception cref="NexusException">NEXUS0100 to NEXUS0106.</exception>
    public RewriteResult Analyze(string input) => Run(input).Result;

    private (RewriteResult Result, byte[]? Image, byte[]? Symbols) Run(string input)
    {
        var kind = Admit(input);
        try
        {
            using var resolver = new FolderResolver(
                [Path.GetDirectoryName(Path.GetFullPath(input))!, .. searchFolders ?? []],
                referenceFiles ?? []
            );
            using var source = SymbolSource.Open(input, resolver);
            var module = source.Module;
            var log = new RewriteLog(module.Assembly.Name.Name);
            if (AssemblyMarker.Read(module.Assembly) is { } fingerprint)
            {
                return fingerprint == rules.Fingerprint
                    ? (new RewriteResult(RewriteOutcome.AlreadyRewritten, [], []), null, null)
                    : throw RewriterDiagnostics.AlreadyRewritten.With($"{input}, rules {fingerprint}");
            }

            new ModuleRewriter(module, rules, referenceFiles ?? [], log).Run();
            if (log.AppliedRules.Count == 0)
                return (new RewriteResult(RewriteOutcome.Untouched, [], log.Findings), null, null);

            source.ReportDropped(log);
            if (kind is not ImageKind.Managed)
                PlainIl.Convert(module);
            AssemblyMarker.Write(module.Assembly, rules.Fingerprint);
            var (image, symbols) = source.Write();
            OutputVerifier.Verify(input, image, log, rules);
            return (new RewriteResult(RewriteOutcome.Rewritten, log.AppliedRules, log.Findings), image, symbols);
        }
        catch (AssemblyResolutionException e)
        {
            throw RewriterDiagnostics.UnresolvedReference.With($"{e.AssemblyReference?.Name}, needed by {input}", e);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw RewriterDiagnostics.CorruptAssembly.With(input, e);
        }
    }

    private static ImageKind Admit(string input)
    {
        var kind = AssemblyProbe.Open(input).Kind;
        return kind switch
        {
            ImageKind.NotManaged => throw RewriterDiagnostics.NotAnAssembly.With(input),
            ImageKind.Corrupt => throw RewriterDiagnostics.CorruptAssembly.With(input),
            ImageKind.MixedMode => throw RewriterDiagnostics.MixedMode.With(input),
            _ => kind,
        };
    }

    /// <summary>Cecil checks little and runs into damaged metadata with exceptions of every type; those of the file system are not among them.</summary>
    private static bool IsDamage(Exception e) =>
        e is EndOfStreamException or not (NexusException or IOException or UnauthorizedAccessException);
}
