using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests;

/// <summary>Applies a rule to the repository and to samples.</summary>
internal static class RuleAssert
{
    /// <summary>The repository keeps the rule; every violation is listed.</summary>
    public static void HoldsInRepository(Func<IReadOnlyList<SourceFile>, IEnumerable<string>> rule) =>
        Assert.AreEqual("", string.Join('\n', rule(Repository.Files)));

    /// <summary>The rule finds exactly this many violations in a sample.</summary>
    public static void Finds(int violations, Func<IReadOnlyList<SourceFile>, IEnumerable<string>> rule, params SourceFile[] sample) =>
        Assert.AreEqual(violations, rule(sample).Count(), string.Join('\n', rule(sample)));

    /// <summary>A project file with one item.</summary>
    public static SourceFile Project(string path, string item) =>
        new(path, $"""<Project Sdk="Microsoft.NET.Sdk"><ItemGroup>{item}</ItemGroup></Project>""");
}
