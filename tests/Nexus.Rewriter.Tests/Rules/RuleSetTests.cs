using Nexus.Diagnostics;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class RuleSetTests
{
    private static readonly RewriteRule Rule = StoreLibrary.Rule(RewriteKind.CallBefore, "T", "M", "X");

    [TestMethod]
    public void Default_Loads_WithTheAwsRules() =>
        CollectionAssert.IsSubsetOf(new[] { "aws-v4-pipeline", "aws-v3-pipeline" }, RuleSet.Default.Rules.Select(r => r.Id).ToArray());

    [TestMethod]
    public void Constructor_ContradictoryRules_AreRefused()
    {
        Refused(Rule, Rule with { Number = 2 });
        Refused(Rule, Rule with { Id = "other" });
        Refused(Rule with { Number = RuleSet.MaxNumber + 1 });
        Refused(Rule with { Kind = RewriteKind.ReplaceNew });
        Refused(Rule with { Method = ".ctor", Kind = RewriteKind.ReplaceCall });
        Refused(Rule with { VersionFrom = new Version(3, 0), VersionBefore = new Version(3, 0) });
    }

    [TestMethod]
    public void Parse_UnknownKeyOrNotJson_IsRefused()
    {
        Assert.ThrowsExactly<NexusException>(() => RuleSet.Parse("""[{"idd": "x"}]"""));
        Assert.ThrowsExactly<NexusException>(() => RuleSet.Parse("rules"));
    }

    [TestMethod]
    public void Fingerprint_DependsOnContentNotOnOrder()
    {
        var second = Rule with { Id = "b", Number = 2 };
        Assert.AreEqual(new RuleSet([Rule, second]).Fingerprint, new RuleSet([second, Rule]).Fingerprint);
        Assert.AreNotEqual(new RuleSet([Rule]).Fingerprint, new RuleSet([Rule with { Method = "N" }]).Fingerprint);
    }

    [TestMethod]
    public void Diagnostics_AreUniqueAndInTheirRange()
    {
        var ids = RewriterDiagnostics.All.Select(d => d.Id).ToList();
        CollectionAssert.AllItemsAreUnique(ids);
        Assert.IsTrue(ids.All(i => string.CompareOrdinal(i, "NEXUS0100") >= 0 && string.CompareOrdinal(i, "NEXUS0199") <= 0));
    }

    private static void Refused(params RewriteRule[] rules) =>
        Assert.AreEqual(RewriterDiagnostics.InvalidRules, Assert.ThrowsExactly<NexusException>(() => new RuleSet(rules)).Diagnostic);
}
