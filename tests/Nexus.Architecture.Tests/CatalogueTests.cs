using Nexus.Architecture.Tests.Rules;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests;

[TestClass]
public sealed class CatalogueTests
{
    [TestMethod]
    public void Diagnostics_Repository_AreUniqueAndInRange() => RuleAssert.HoldsInRepository(DiagnosticRule.Check);

    [TestMethod]
    public void Diagnostics_SameIdTwice_IsFound() =>
        RuleAssert.Finds(
            1,
            DiagnosticRule.Check,
            Catalogue("rewriter/A/ADiagnostics.cs", 101),
            Catalogue("rewriter/B/BDiagnostics.cs", 101)
        );

    [TestMethod]
    [DataRow("rewriter/Nexus.Rewriter/RewriterDiagnostics.cs", 201)]
    [DataRow("host-backend/Nexus.Backend/Sandboxes/SandboxDiagnostics.cs", 400)]
    [DataRow("guest-shim/Nexus.Channel/ChannelDiagnostics.cs", 100)]
    [DataRow("somewhere/else/ElseDiagnostics.cs", 100)]
    public void Diagnostics_IdOutsideRange_IsFound(string path, int id) => RuleAssert.Finds(1, DiagnosticRule.Check, Catalogue(path, id));

    [TestMethod]
    public void Diagnostics_UnknownIdInDocument_IsFound() =>
        RuleAssert.Finds(1, DiagnosticRule.Check, new SourceFile("docs/troubleshooting.md", "NEXUS0199 means"));

    [TestMethod]
    public void Documents_Repository_PointAtWhatExists() => RuleAssert.HoldsInRepository(DocumentRule.Check);

    [TestMethod]
    public void Documents_DeadLinkUnknownTargetAndTests_AreFound() =>
        RuleAssert.Finds(
            3,
            DocumentRule.Check,
            new SourceFile("docs/a.md", "[b](b.md), [c](../docs/c.md), `./build.sh fly`, `./build.sh test`, `./build.sh test Wings`"),
            new SourceFile("docs/c.md", ""),
            new SourceFile("build.ps1", "'test' { }")
        );

    [TestMethod]
    public void Compatibility_Repository_ListsTheShippedRules() => RuleAssert.HoldsInRepository(CompatibilityRule.Check);

    [TestMethod]
    public void Compatibility_MissingAndInventedRule_AreFound() =>
        RuleAssert.Finds(
            2,
            CompatibilityRule.Check,
            new SourceFile("rewriter/R/Rules/rules.json", "[{ \"id\": \"grpc-client\" }]"),
            new SourceFile("docs/compatibility.md", "| gRPC | 2.x | `grpc-server` | no |")
        );

    private static SourceFile Catalogue(string path, int id) =>
        new(path, $"public static readonly Diagnostic A = new(\"NEXUS{id:0000}\", \"t\", \"c\", \"n\");");
}
