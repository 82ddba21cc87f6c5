using System.Text.RegularExpressions;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>Documents point at what exists: files by relative links, targets of the task runner and test projects.</summary>
internal static partial class DocumentRule
{
    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree)
    {
        var paths = tree.Select(f => f.Path).ToHashSet();
        var runner = tree.FirstOrDefault(f => f.Path == "build.ps1")?.Text ?? "";
        foreach (var file in tree.Where(f => f.HasExtension(".md")))
        {
            foreach (var link in Links().Matches(file.Text).Select(m => m.Groups[1].Value).Where(l => !l.Contains(':')))
            {
                var target = Resolve(file.Path, link);
                if (!paths.Contains(target) && !paths.Any(p => p.StartsWith(target.TrimEnd('/') + "/", StringComparison.Ordinal)))
                {
                    yield return $"{file.Path} links to {link}, which does not exist";
                }
            }

            foreach (var target in Targets().Matches(file.Text).Select(m => m.Groups[1].Value).Where(t => !runner.Contains($"'{t}' {{")))
            {
                yield return $"{file.Path} names the target '{target}', which build.ps1 does not have";
            }

            foreach (var name in Tests().Matches(file.Text).Select(m => m.Groups[1].Value).Where(n => !paths.Any(p => IsTestProject(p, n))))
            {
                yield return $"{file.Path} names the tests '{name}', which no test project's name contains";
            }
        }
    }

    private static bool IsTestProject(string path, string part) =>
        path.StartsWith("tests/", StringComparison.Ordinal)
        && path.EndsWith(".Tests.csproj", StringComparison.Ordinal)
        && path[(path.LastIndexOf('/') + 1)..].Contains(part, StringComparison.OrdinalIgnoreCase);

    private static string Resolve(string document, string link)
    {
        var root = new Uri("file:///");
        return new Uri(new Uri(root, document), link).AbsolutePath.TrimStart('/');
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)]*\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"\./build\.sh test ([\w.]+)")]
    private static partial Regex Tests();

    [GeneratedRegex(@"\./build\.sh ([a-z]+)")]
    private static partial Regex Targets();
}
