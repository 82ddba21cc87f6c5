using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>A project outside the solution is neither built nor tested by anyone.</summary>
internal static class SolutionRule
{
    private static readonly string[] Areas = ["guest-shim", "host-backend", "rewriter", "vmm", "tests", "bench", "eng"];

    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree)
    {
        var solution = tree.FirstOrDefault(f => f.Path == "Nexus.sln")?.Text.Replace('\\', '/') ?? "";
        return from file in tree
            where file.HasExtension(".csproj") && Areas.Contains(file.Area) && file.Path.Count(c => c == '/') == 2
            where !solution.Contains($"\"{file.Path}\"")
            select $"{file.Path} is not in Nexus.sln";
    }
}
