using static Nexus.Rewriter.Tests.StoreLibrary;

namespace Nexus.Rewriter.Tests;

/// <summary>The kinds of rules that leave the method alone and change what its users make of it.</summary>
[TestClass]
public sealed class CallerRuleTests
{
    private static readonly RewriteRule Base = Rule(RewriteKind.ReplaceBase, "Lib.Store", ".ctor", ".ctor") with
    {
        TargetType = "Hooks.BetweenStore",
    };

    [TestMethod]
    public void WrapCall_PlainVirtualAndStaticCalls_PassTheirResultOn() =>
        With(
                """
                public static string Run()
                {
                    var s = new Store("a"); var text = "";
                    for (var i = 0; i < 2; i++) text += i > 0 ? s.Get("x") : s.Get("y");
                    return text + Store.Twice(2);
                }
                """,
                Rule(RewriteKind.WrapCall, "Lib.Store", "Get", "Shout"),
                Rule(RewriteKind.WrapCall, "Lib.Store", "Twice", "Twenty", 2)
            )
            .Expect("Run", "A.YA.X40", (1, 2), (2, 1));

    [TestMethod]
    public void WrapCall_ResultOfATypeParameterOrDelegate_IsReportedAndLeftAlone()
    {
        var way = With(
            "public static string Run() => new Box<string>(\"b\").Take() + new Func<int, int>(Store.Twice)(3);",
            Rule(RewriteKind.WrapCall, "Lib.Box`1", "Take", "Shout"),
            Rule(RewriteKind.WrapCall, "Lib.Store", "Twice", "Twenty", 2)
        );
        way.Expect("Run", "b6", (1, 0), (2, 0));
    }

    [TestMethod]
    public void ReplaceBase_DerivedClasses_GetTheClassInBetween() =>
        With(
                """
                class Mine : Store
                {
                    public Mine() : base("mine") { }
                    public override string Get(string key) => "<" + base.Get(key) + ">";
                    public Func<string, string> Plain() => base.Get;
                }
                class Further : Mine { public override string Get(string key) => "{" + base.Get(key) + "}"; }
                class Silent : Store { }
                public static string Run() =>
                    new Mine().Get("k") + new Mine().Plain()("d") + new Further().Get("f") + new Silent().Get("s") + new Store("own").Get("o")
                    + typeof(Mine).BaseType.Name;
                """,
                Base
            )
            .Expect("Run", "<[between-mine.k]>[between-mine.d]{<[between-mine.f]>}[plain.s]own.oBetweenStore");

    [TestMethod]
    public void ReplaceBase_InAnExceptedAssembly_ChangesNothing() =>
        With(
                "class Mine : Store { public Mine() : base(\"mine\") { } } public static string Run() => new Mine().Get(\"k\");",
                Base with
                {
                    ExceptIn = ["Cli*"],
                }
            )
            .Expect("Run", "mine.k");
}
