using Nexus.Architecture.Tests.Rules;
using Nexus.Architecture.Tests.Tree;

namespace Nexus.Architecture.Tests;

[TestClass]
public sealed class SourceTests
{
    [TestMethod]
    public void NativeCode_Repository_StaysInInteropFolders() => RuleAssert.HoldsInRepository(NativeCodeRule.Check);

    [TestMethod]
    [DataRow("host-backend/Nexus.Backend/Pool.cs", "unsafe class Pool { }", 1)]
    [DataRow("guest-shim/Nexus.Guest/Pump.cs", "[LibraryImport(\"c\")] static partial int poll();", 1)]
    [DataRow("guest-shim/Nexus.Channel/Messages/Head.cs", "unsafe struct Head { }", 1)]
    [DataRow("guest-shim/Nexus.Channel/Ring.cs", "unsafe class Ring { }", 0)]
    [DataRow("vmm/Nexus.Vmm/Interop/Kvm.cs", "[DllImport(\"c\")] static extern int ioctl();", 0)]
    [DataRow("host-backend/Nexus.Backend/Log.cs", "// nothing unsafe here\nclass Log { string s = \"unsafe\"; }", 0)]
    public void NativeCode_Sample_IsJudgedByFolder(string path, string text, int violations) =>
        RuleAssert.Finds(violations, NativeCodeRule.Check, new SourceFile(path, text));

    [TestMethod]
    public void TestFunctions_Repository_NeverMentionNexus() => RuleAssert.HoldsInRepository(TestFunctionRule.Check);

    [TestMethod]
    public void TestFunctions_MentionInComment_IsFound() =>
        RuleAssert.Finds(1, TestFunctionRule.Check, new SourceFile("test-functions/Orders/Orders.cs", "// runs under Nexus"));

    [TestMethod]
    public void ForeignPlaces_Repository_NamesNone() => RuleAssert.HoldsInRepository(ForeignPlaceRule.Check);

    [TestMethod]
    [DataRow("\"resolved\": \"https://registry.npmjs.org/x/-/x-1.0.0.tgz\"")]
    [DataRow("<add key=\"x\" value=\"https://api.nuget.org/v3/index.json\" />")]
    [DataRow("cd /root/project")]
    [DataRow("var p = \"/home/ann/x\";")]
    [DataRow("C:\\Users\\ann")]
    public void ForeignPlaces_Sample_IsFound(string text) =>
        Assert.AreNotEqual(0, ForeignPlaceRule.Check([new SourceFile("docs/x.md", text)]).Count());

    [TestMethod]
    public void OpenWork_Repository_IsOwnedByLimits() => RuleAssert.HoldsInRepository(OpenWorkRule.Check);

    [TestMethod]
    [DataRow("// TODO later", "", 1)]
    [DataRow("// TODO(big-bodies) later", "", 1)]
    [DataRow("// TODO(big-bodies) later", "`big-bodies`: bodies over 1 GB", 0)]
    [DataRow("throw new NotImplementedException();", "", 1)]
    public void OpenWork_Sample_NeedsAnOwner(string code, string limits, int violations) =>
        RuleAssert.Finds(violations, OpenWorkRule.Check, new SourceFile("rewriter/A/B.cs", code), new SourceFile("docs/limits.md", limits));
}
