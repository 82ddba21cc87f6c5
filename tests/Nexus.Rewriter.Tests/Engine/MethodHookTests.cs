using Nexus.Diagnostics;
using static Nexus.Rewriter.Tests.StoreLibrary;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class MethodHookTests
{
    private const string Describe =
        "public static string Run() => string.Join(\",\", new[] { -1, 2, 9 }.Select(i => new Store(\"a\").Describe(i)).Concat(Hooks.To.Log));";

    [TestMethod]
    public void CallBefore_WithoutArguments_RunsThenContinues() =>
        With(Describe, Rule(RewriteKind.CallBefore, "Lib.Store", "Describe", "Before"))
            .Expect("Run", "negative,level 2,deep,before,before,before", (1, 3));

    [TestMethod]
    public void CallBefore_WithReceiverOrAll_HandsThemOn()
    {
        var rule = Rule(RewriteKind.CallBefore, "Lib.Store", "Describe", "BeforeStore");
        With(Describe, rule with { Arguments = RuleArguments.Receiver }).Expect("Run", "negative,level 2,deep,before a,before a,before a");
        With(Describe, rule with { Arguments = RuleArguments.All, TargetMethod = "BeforeAll" })
            .Expect("Run", "negative,level 2,deep,before a -1,before a 2,before a 9");
    }

    [TestMethod]
    public void ReplaceBody_EveryCall_GoesToTheTarget() =>
        With(Describe, Rule(RewriteKind.ReplaceBody, "Lib.Store", "Describe", "Describe"))
            .Expect("Run", "replaced a -1,replaced a 2,replaced a 9", (1, 3));

    [TestMethod]
    public void ReplaceBody_AsyncGenericAndStaticMethods_GoToTheTarget() =>
        With(
                "public static string Run() => new Store(\"a\").GetAsync(\"k\").Result + new Store().Echo(4) + Store.Twice(1) + new Box<string>(\"b\").Map(x => x + x);",
                Rule(RewriteKind.ReplaceBody, "Lib.Store", "GetAsync", "GetAsync"),
                Rule(RewriteKind.ReplaceBody, "Lib.Store", "Echo", "Echo", 2),
                Rule(RewriteKind.ReplaceBody, "Lib.Store", "Twice", "Twice", 3),
                Rule(RewriteKind.ReplaceBody, "Lib.Box`1", "Map", "Map", 4)
            )
            .Expect("Run", "async(a,k)420bb", (1, 1), (2, 1), (3, 1), (4, 1));

    [TestMethod]
    [DataRow("false", "negative,level 2,deep", 0)]
    [DataRow("true", "replaced a -1,replaced a 2,replaced a 9", 3)]
    public void Divert_WithAndWithoutChannel_GoesToTheTargetOnlyWithOne(string attached, string expected, int hits) =>
        With(
                Attach(attached) + "return string.Join(\",\", new[] { -1, 2, 9 }.Select(i => new Store(\"a\").Describe(i))); }",
                Rule(RewriteKind.Divert, "Lib.Store", "Describe", "Describe")
            )
            .Expect("Run", expected, (1, hits));

    [TestMethod]
    [DataRow("false", "a", 0)]
    [DataRow("true", "diverted a", 1)]
    public void Divert_Constructor_CallsItsBaseFirst(string attached, string expected, int hits) =>
        With(
                Attach(attached) + "return new Store(\"a\").Name; }",
                Rule(RewriteKind.Divert, "Lib.Store", ".ctor", "Construct") with
                {
                    Parameters = ["System.String"],
                }
            )
            .Expect("Run", expected, (1, hits));

    [TestMethod]
    public void WrapReturn_EveryExit_PassesThroughTheTarget()
    {
        var rule = Rule(RewriteKind.WrapReturn, "Lib.Store", "Describe", "Wrap");
        With(Describe, rule).Expect("Run", "<negative>,<level 2>,<deep>", (1, 3));
        With(Describe, rule with { Arguments = RuleArguments.All, TargetMethod = "WrapAll" })
            .Expect("Run", "<negative a -1>,<level 2 a 2>,<deep a 9>");
    }

    [TestMethod]
    public void WrapReturn_GenericType_KeepsItsArguments() =>
        With(
                "public static string Run() => new Box<int>(3).Take() + string.Join(\",\", Hooks.To.Log);",
                Rule(RewriteKind.WrapReturn, "Lib.Box`1", "Take", "WrapTake") with
                {
                    Arguments = RuleArguments.Receiver,
                }
            )
            .Expect("Run", "3wrapped Int32");

    [TestMethod]
    public void Hook_MethodThatIsNotThere_IsRefused()
    {
        var way = With(Describe, Rule(RewriteKind.CallBefore, "Lib.Store", "Nowhere", "Before"));
        var error = Assert.ThrowsExactly<NexusException>(() => way.InMode(CompileMode.Release, _ => { }));
        Assert.AreEqual(RewriterDiagnostics.RuleDoesNotFit, error.Diagnostic);
    }

    [TestMethod]
    public void Hook_UnknownVersion_IsReportedAndLeft()
    {
        var rule = Rule(RewriteKind.CallBefore, "Lib.Store", "Describe", "Before") with { VersionFrom = new Version(2, 5) };
        With(Describe, rule)
            .InMode(
                CompileMode.Release,
                r =>
                {
                    Assert.AreEqual("negative,level 2,deep", r.Call("Run"));
                    Assert.AreEqual("NEXUS0120", r.Findings.Single().DiagnosticId);
                }
            );
    }

    private static string Attach(string attached) =>
        $"public static string Run() {{ Type.GetType(\"Nexus.Guest.RuleCounters, Nexus.Guest\").GetField(\"Attached\").SetValue(null, {attached}); ";
}
