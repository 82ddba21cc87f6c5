using System.Text.RegularExpressions;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>Nothing in the tree names a package registry's host or a path of one machine: both belong to the user's configuration.</summary>
internal static partial class ForeignPlaceRule
{
    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree) =>
        from file in tree
        where !file.IsIn("tests/Nexus.Architecture.Tests")
        from Match found in Places().Matches(file.Text)
        select $"{file.Path} names '{found.Value.Trim()}'";

    [GeneratedRegex(
        @"\bnuget\.org\b|\bnpmjs\.(org|com)\b|\bregistry\.[a-z0-9-]+\.[a-z]+|/v3/index\.json|\bpypi\.org\b|(?<=[\s""'=(:`]|^)(/root/|/work/|/home/[a-z]|/Users/[a-z])|[A-Z]:\\+Users\\",
        RegexOptions.IgnoreCase | RegexOptions.Multiline
    )]
    private static partial Regex Places();
}
