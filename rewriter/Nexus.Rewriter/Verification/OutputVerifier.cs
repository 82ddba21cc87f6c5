using System.Reflection.PortableExecutable;
using Mono.Cecil;

namespace Nexus.Rewriter;

/// <summary>Reads a rewritten image again and compares it with its original: nothing but the intended methods may differ.</summary>
internal static class OutputVerifier
{
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0106, with the first difference.</exception>
    public static void Verify(string original, byte[] rewritten, RewriteLog log, RuleSet rules)
    {
        var allowed = rules.Rules.Select(r => r.TargetAssembly).Append("Nexus.Guest").ToHashSet(StringComparer.Ordinal);
        using var before = ModuleDefinition.ReadModule(original, new ReaderParameters { InMemory = true });
        ModuleDefinition after;
        try
        {
            using var probe = new PEReader(new MemoryStream(rewritten));
            if (probe.PEHeaders.CorHeader is not { Flags: var flags } || (flags & CorFlags.ILOnly) == 0)
                throw RewriterDiagnostics.VerificationFailed.With($"{original}: the output is not a plain IL image");
            after = ModuleDefinition.ReadModule(new MemoryStream(rewritten));
        }
        catch (BadImageFormatException e)
        {
            throw RewriterDiagnostics.VerificationFailed.With($"{original}: the output cannot be read", e);
        }
        using (after)
        {
            var bases = rules
                .Rules.Where(r => r.Kind is RewriteKind.ReplaceBase)
                .ToDictionary(r => r.TargetType, r => r.Type, StringComparer.Ordinal);
            var difference = new ModuleComparer(log.Changed, allowed, bases).FirstDifference(before, after);
            if (difference is not null)
                throw RewriterDiagnostics.VerificationFailed.With($"{original}: {difference}");
        }
    }
}
