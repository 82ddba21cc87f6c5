using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>The test functions prove compatibility only as long as they know nothing of what runs them.</summary>
internal static class TestFunctionRule
{
    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree) =>
        from file in tree
        where file.IsIn("test-functions")
        from word in new[] { file.Path, file.Text }
        where word.Contains("nexus", StringComparison.OrdinalIgnoreCase)
        select $"{file.Path} mentions the product it must not know";
}
