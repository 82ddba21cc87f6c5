using System.Text.RegularExpressions;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>Diagnostic ids are stable names: declared once, inside their area's range, and never mentioned without existing.</summary>
internal static partial class DiagnosticRule
{
    /// <summary>Where a catalogue lives and the hundred its ids belong to; the first match counts.</summary>
    private static readonly (string Part, int Hundred)[] Ranges =
    [
        ("host-backend/Nexus.Cli/", 0),
        ("vmm/", 9),
        ("/Nexus.Guest.Http/", 6),
        ("/Executors/Http/", 6),
        ("/Nexus.Guest.Grpc", 7),
        ("/Executors/Grpc/", 7),
        ("/Nexus.Guest.AspNetCore/", 8),
        ("/Nexus.Backend/Ingress/", 8),
        ("rewriter/", 1),
        ("/Nexus.Guest.Aws", 4),
        ("/Aws/", 4),
        ("/Nexus.Guest.Host/", 3),
        ("/Nexus.Channel/", 5),
        ("/Nexus.Guest/", 3),
        ("host-backend/Nexus.Backend/", 2),
    ];

    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree)
    {
        var declared = tree.Where(IsCatalogue).SelectMany(f => Ids(f).Select(id => (Id: id, File: f))).ToList();
        foreach (var (id, file) in declared.Where(d => !InRange(d.Id, d.File)))
        {
            yield return $"{file.Path} declares {id}, which is outside its area's range";
        }

        foreach (var twice in declared.GroupBy(d => d.Id).Where(g => g.Count() > 1))
        {
            yield return $"{twice.Key} is declared {twice.Count()} times: {string.Join(", ", twice.Select(d => d.File.Path).Distinct())}";
        }

        var known = declared.Select(d => d.Id).ToHashSet();
        foreach (var file in tree.Where(f => f.HasExtension(".md") && !f.IsIn("docs/decisions")))
        {
            foreach (var id in AnyId().Matches(file.Text).Select(m => m.Value).Distinct().Where(id => !known.Contains(id)))
            {
                yield return $"{file.Path} mentions {id}, which no catalogue declares";
            }
        }
    }

    private static bool IsCatalogue(SourceFile file) =>
        file.Name.EndsWith("Diagnostics.cs", StringComparison.Ordinal) && !file.IsIn("tests") && file.Name != "Diagnostics.cs";

    private static IEnumerable<string> Ids(SourceFile file) => Declaration().Matches(file.Text).Select(m => m.Groups[1].Value);

    private static bool InRange(string id, SourceFile file) =>
        Ranges.FirstOrDefault(r => file.Path.Contains(r.Part)) is { Part: not null } range && int.Parse(id[5..]) / 100 == range.Hundred;

    [GeneratedRegex(@"new\s*(?:Diagnostic)?\s*\(\s*(?:Id:\s*)?""(NEXUS\d{4})""")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\bNEXUS\d{4}\b")]
    private static partial Regex AnyId();
}
