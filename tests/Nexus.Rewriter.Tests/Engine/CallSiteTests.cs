using static Nexus.Rewriter.Tests.StoreLibrary;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class CallSiteTests
{
    private static readonly RewriteRule Get = Rule(RewriteKind.ReplaceCall, "Lib.Store", "Get", "Get");
    private static readonly RewriteRule InterfaceGet = Rule(RewriteKind.ReplaceCall, "Lib.IStore", "Get", "IGet", 2);

    [TestMethod]
    public void ReplaceCall_PlainCall_GoesToTheTarget() =>
        With("public static string Run() => new Store(\"a\").Get(\"k\");", Get).Expect("Run", "hook(a,k)", (1, 1));

    [TestMethod]
    public void ReplaceCall_InsideAsyncMethod_GoesToTheTarget() =>
        With(
                """
                static async Task<string> Async() { var s = new Store("a"); var x = await s.GetAsync("1"); await Task.Yield(); return x + s.Get("2"); }
                public static string Run() => Async().Result;
                """,
                Get,
                Rule(RewriteKind.ReplaceCall, "Lib.Store", "GetAsync", "GetAsync", 3)
            )
            .Expect("Run", "async(a,1)hook(a,2)", (1, 1), (3, 1));

    [TestMethod]
    public void ReplaceCall_InsideIteratorAndLambda_GoesToTheTarget() =>
        With(
                """
                static IEnumerable<string> Each(Store s) { foreach (var k in new[] { "x", "y" }) yield return s.Get(k); }
                public static string Run() { var s = new Store("a"); return string.Join(",", Each(s).Concat(new[] { "z" }.Select(k => s.Get(k)))); }
                """,
                Get
            )
            .Expect("Run", "hook(a,x),hook(a,y),hook(a,z)", (1, 3));

    [TestMethod]
    public void ReplaceCall_BranchesAndHandlersToTheCall_StayValid() =>
        With(
                """
                public static string Run()
                {
                    var s = new Store("a"); var text = "";
                    for (var i = 0; i < 3; i++)
                    {
                        try { text += (i % 2 == 0 ? s : new Store("b")).Get(i > 1 ? "big" : "small"); if (i == 1) throw new Exception(); }
                        catch (Exception) when (s.Get("f") != null) { text += s.Get("caught"); }
                        finally { text += s.Get("f"); }
                    }
                    return text;
                }
                """,
                Get
            )
            .Expect("Run", "hook(a,small)hook(a,f)hook(b,small)hook(a,caught)hook(a,f)hook(a,big)hook(a,f)");

    [TestMethod]
    public void ReplaceCall_ByReferenceParameters_AreHandedOn() =>
        With(
                "public static string Run() { var n = 10; var r = new Store(\"a\").Refs(ref n, out var t, 3); return r + n + t; }",
                Rule(RewriteKind.ReplaceCall, "Lib.Store", "Refs", "Refs")
            )
            .Expect("Run", "hook7hooked");

    [TestMethod]
    public void ReplaceCall_GenericMethodAndType_KeepTheirArguments() =>
        With(
                """
                static string In<T>(T v) => new Box<T>(v).Map(x => new[] { x }).Length + "" + new Box<List<T>>(null).Take();
                public static string Run()
                {
                    new Store().Echo(5); new Store().Echo("s"); new Box<int>(1).Take();
                    return In("q") + string.Join(",", Hooks.To.Log);
                }
                """,
                Rule(RewriteKind.ReplaceCall, "Lib.Store", "Echo", "Echo"),
                Rule(RewriteKind.ReplaceCall, "Lib.Box`1", "Take", "Take", 2),
                Rule(RewriteKind.ReplaceCall, "Lib.Box`1", "Map", "Map", 3)
            )
            .Expect("Run", "1Int32,String,take Int32,map String String[],take List`1", (1, 2), (2, 2), (3, 1));

    [TestMethod]
    public void ReplaceCall_StaticMethod_GoesToTheTarget() =>
        With(
                "public static string Run() => Store.Twice(2) + \"\" + new Func<int, int>(Store.Twice)(1);",
                Rule(RewriteKind.ReplaceCall, "Lib.Store", "Twice", "Twice")
            )
            .Expect("Run", "4020");

    [TestMethod]
    public void ReplaceCall_ThroughInterface_NeedsARuleOfItsOwn() =>
        With("public static string Run() { IStore s = new Store(\"a\"); return s.Get(\"k\"); }", Get).Expect("Run", "a.k", (1, 0));

    [TestMethod]
    public void ReplaceCall_InterfaceRule_CatchesMocksToo() =>
        With(
                """
                class Mock : IStore { public string Get(string key) => "mock"; public string this[int i, int j] => "m"; }
                static string Use(IStore s) => s.Get("k");
                public static string Run() => Use(new Mock()) + Use(new Store());
                """,
                InterfaceGet
            )
            .Expect("Run", "ihook(Mock,k)ihook(Store,k)");

    [TestMethod]
    public void ReplaceCall_ConstrainedGenericReceiver_IsBoxed() =>
        With(
                "static string Use<T>(T s) where T : IStore => s.Get(\"k\") + s[2, 3]; public static string Run() => Use(new Store(\"a\")) + Use(new ValueStore());",
                InterfaceGet,
                Rule(RewriteKind.ReplaceCall, "Lib.IStore", "get_Item", "Item", 3)
            )
            .Expect("Run", "ihook(Store,k)item(2,3)ihook(ValueStore,k)item(2,3)");

    [TestMethod]
    public void ReplaceCall_StructReceiver_IsPassedByReference() =>
        With(
                "public static string Run() { var p = new Point { X = 1 }; return p.Sum(5) + \",\" + p.X; }",
                Rule(RewriteKind.ReplaceCall, "Lib.Point", "Sum", "Sum")
            )
            .Expect("Run", "107,2");

    [TestMethod]
    public void ReplaceCall_Delegates_AreClosedOverTheReceiver() =>
        With(
                """
                static Func<string, string> Bind(IStore s) => s.Get;
                public static string Run() { var s = new Store("a"); Func<string, string> f = s.Get; return f("k") + Bind(s)("i") + string.Join("", new[] { "l" }.Select(s.Get)); }
                """,
                Get,
                InterfaceGet
            )
            .Expect("Run", "hook(a,k)ihook(Store,i)hook(a,l)");

    [TestMethod]
    public void ReplaceCall_ThroughDerivedType_IsFound() =>
        With("class Mine : Store { } public static string Run() => new Mine().Get(\"k\");", Get).Expect("Run", "hook(plain,k)");

    [TestMethod]
    public void ReplaceCall_BaseCallInOverride_IsLeftAndReported()
    {
        var way = With(
            """
            class Mine : Store { public override string Get(string key) => "mine " + base.Get(key); }
            public static string Run() { Func<string> f = () => ((IStore)new Mine()).Get("k"); return f(); }
            """,
            Get
        );
        way.Expect("Run", "mine plain.k");
        way.InMode(CompileMode.Release, r => Assert.AreEqual("NEXUS0121", r.Findings.Single().DiagnosticId));
    }

    [TestMethod]
    public void ReplaceCall_OtherVersionOrExceptedCaller_IsLeft()
    {
        const string cases = "public static string Run() => new Store(\"a\").Get(\"k\");";
        With(cases, Get with { VersionFrom = new Version(3, 0), VersionBefore = null }).Expect("Run", "a.k");
        With(cases, Get with { ExceptIn = ["Client"] }).Expect("Run", "a.k");
        With(cases, Get with { Parameters = ["System.Int32"] }).Expect("Run", "a.k");
        With(cases, Get with { Parameters = ["System.String"] }).Expect("Run", "hook(a,k)");
    }

    [TestMethod]
    public void ReplaceNew_Constructions_GoToTheFactory() =>
        With(
                """
                static Box<T> Make<T>(T v) => new Box<T>(v);
                public static string Run() => new Store("x").Name + new Store().Name + Make("gone").Value + new Box<int>(7).Value;
                """,
                Rule(RewriteKind.ReplaceNew, "Lib.Store", ".ctor", "New") with
                {
                    Parameters = ["System.String"],
                },
                Rule(RewriteKind.ReplaceNew, "Lib.Box`1", ".ctor", "NewBox", 2)
            )
            .Expect("Run", "new-xplain0", (1, 1), (2, 2));

    [TestMethod]
    public void ReplaceNew_DerivedClassAndReflection_AreReported() =>
        With(
                """
                class Mine : Store { public Mine() : base("mine") { } }
                public static string Run() => new Mine().Name + Activator.CreateInstance<Store>().Name + ((Store)Activator.CreateInstance(typeof(Store))).Name;
                public static object ByName() => Type.GetType("Lib.Store, Lib").GetMethod("Get");
                """,
                Rule(RewriteKind.ReplaceNew, "Lib.Store", ".ctor", "New") with
                {
                    Parameters = ["System.String"],
                }
            )
            .InMode(
                CompileMode.Release,
                r =>
                {
                    Assert.AreEqual("mineplainplain", r.Call("Run"));
                    CollectionAssert.AreEquivalent(
                        new[] { "NEXUS0121", "NEXUS0122", "NEXUS0122" },
                        r.Findings.Select(f => f.DiagnosticId).ToArray()
                    );
                }
            );

    [TestMethod]
    public void ReplaceCall_ExpressionTree_IsReported() =>
        With(
                "public static string Run() { System.Linq.Expressions.Expression<Func<Store, string>> e = s => s.Get(\"k\"); return e.Compile()(new Store(\"a\")); }",
                Get
            )
            .InMode(
                CompileMode.Release,
                r =>
                {
                    Assert.AreEqual("a.k", r.Call("Run"));
                    Assert.AreEqual("NEXUS0121", r.Findings.Single().DiagnosticId);
                }
            );
}
