using System.Text.RegularExpressions;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>Open work in the code is written <c>TODO(name)</c>, and docs/limits.md says under that name what is missing.</summary>
internal static partial class OpenWorkRule
{
    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree)
    {
        var limits = tree.FirstOrDefault(f => f.Path == "docs/limits.md")?.Text ?? "";
        return from file in tree
            where file.HasExtension(".cs") || file.HasExtension(".ps1") || file.HasExtension(".targets")
            where !file.IsIn("tests/Nexus.Architecture.Tests")
            from Match mark in Mark().Matches(file.Text)
            where mark.Groups[1].Length == 0 || !limits.Contains($"`{mark.Groups[1].Value}`")
            select $"{file.Path} has '{mark.Value}' that docs/limits.md does not own";
    }

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b(?:\(([\w-]+)\))?|\bNotImplementedException\b")]
    private static partial Regex Mark();
}
