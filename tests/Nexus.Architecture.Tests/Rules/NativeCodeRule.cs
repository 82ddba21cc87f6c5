using System.Text.RegularExpressions;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests.Rules;

/// <summary>Pointers and native calls live in Interop folders and in the ring, where reviewers look for them.</summary>
internal static partial class NativeCodeRule
{
    public static IEnumerable<string> Check(IReadOnlyList<SourceFile> tree) =>
        from file in tree
        where file.HasExtension(".cs") && !IsAllowed(file)
        let found = Native().Match(CodeText.Of(file.Text))
        where found.Success
        select $"{file.Path} uses '{found.Value}' outside an Interop folder";

    private static bool IsAllowed(SourceFile file) => file.Path.Contains("/Interop/") || IsRing(file);

    private static bool IsRing(SourceFile file) => file.IsIn("guest-shim/Nexus.Channel") && file.Path.Count(c => c == '/') == 2;

    [GeneratedRegex(@"\bunsafe\b|\bDllImport\b|\bLibraryImport\b")]
    private static partial Regex Native();
}
