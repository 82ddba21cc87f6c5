using System.Text.RegularExpressions;
using Nexus.Cli.Configuration;
using Nexus.Diagnostics;
using Nexus.TestKit;

namespace Nexus.Cli.Tests;

[TestClass]
public sealed partial class DiagnosticCatalogueTests
{
    [TestMethod]
    public void Catalogue_HoldsEveryIdThatTheSourcesDeclare()
    {
        var declared = new[] { "guest-shim", "host-backend", "rewriter", "vmm" }
            .SelectMany(area => Directory.EnumerateFiles(RepositoryRoot.Combine(area), "*Diagnostics.cs", SearchOption.AllDirectories))
            .SelectMany(file => Declaration().Matches(File.ReadAllText(file)).Select(static match => match.Groups[1].Value))
            .Order(StringComparer.Ordinal)
            .ToArray();

        CollectionAssert.AreEqual(declared, DiagnosticCatalogue.All.Select(static diagnostic => diagnostic.Id).ToArray());
    }

    [TestMethod]
    public void Catalogue_EveryEntry_SaysSomething()
    {
        foreach (var diagnostic in DiagnosticCatalogue.All)
        {
            Assert.IsFalse(new[] { diagnostic.Title, diagnostic.Cause, diagnostic.NextStep }.Any(string.IsNullOrWhiteSpace), diagnostic.Id);
        }
    }

    [TestMethod]
    [DataRow("NEXUS0001")]
    [DataRow("nexus0001")]
    [DataRow("1")]
    public void Find_WaysToWriteAnId_AreUnderstood(string id) => Assert.AreEqual("NEXUS0001", DiagnosticCatalogue.Find(id).Id);

    [TestMethod]
    public void Find_UnknownId_NamesTheNearest()
    {
        var failure = Assert.ThrowsExactly<NexusException>(() => DiagnosticCatalogue.Find("NEXUS00010"));

        Assert.AreEqual("NEXUS0015", failure.Diagnostic.Id);
        StringAssert.Contains(failure.Message, "the nearest is NEXUS0001");
    }

    [TestMethod]
    public void ConfigurationDocument_ListsEveryKey()
    {
        var document = File.ReadAllText(RepositoryRoot.Combine("docs", "configuration.md"));
        var missing = SettingCatalogue
            .Node.Concat(SettingCatalogue.Function)
            .Where(setting => !document.Contains($"| `{setting.Key}` |", StringComparison.Ordinal))
            .Select(static setting => setting.Key);

        Assert.AreEqual("", string.Join(' ', missing));
    }

    [GeneratedRegex(@"new\s*(?:Diagnostic)?\s*\(\s*(?:Id:\s*)?""(NEXUS\d{4})""")]
    private static partial Regex Declaration();
}
