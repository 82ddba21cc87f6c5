using System.Text.RegularExpressions;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>docs/compatibility.md names exactly the rules that the rewriter ships with.</summary>
internal static partial class CompatibilityRule
{
    private const string Document = "docs/compatibility.md";

    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree)
    {
        var rules = tree.FirstOrDefault(f => f.Name == "rules.json")?.Text ?? "";
        var document = tree.FirstOrDefault(f => f.Path == Document)?.Text ?? "";
        var shipped = RuleId().Matches(rules).Select(m => m.Groups[1].Value).ToHashSet();
        var listed = ListedRule().Matches(document).Select(m => m.Groups[1].Value).ToHashSet();
        return
        [
            .. shipped.Except(listed).Select(id => $"{Document} lacks the rule {id}"),
            .. listed.Except(shipped).Select(id => $"{Document} names the rule {id}, which is not shipped"),
        ];
    }

    [GeneratedRegex(@"""id"":\s*""([^""]+)""")]
    private static partial Regex RuleId();

    // Rule ids stand alone in a cell.
    [GeneratedRegex(@"\|\s*`([a-z0-9-]+)`\s*\|")]
    private static partial Regex ListedRule();
}
