using System.Reflection;
using System.Runtime.Loader;

namespace Nexus.Rewriter.Tests;

/// <summary>
/// Compiles a library, hook targets and a client of both, rewrites library and client, and runs the result; in every compile mode, each
/// rewritten twice (equal bytes), rewritten again (refused as done), every method compiled by the JIT.
/// </summary>
internal sealed class EveryWay(string library, string targets, string client, params RewriteRule[] rules)
{
    private readonly RuleSet set = new(rules);

    /// <summary>Calls <c>Client.Cases.METHOD()</c> of the rewritten client and checks what it returns and how often rules were hit.</summary>
    public void Expect(string method, string expected, params (int Rule, int Hits)[] hits)
    {
        foreach (var mode in CompileMode.All)
            InMode(
                mode,
                run =>
                {
                    Assert.AreEqual(expected, run.Call(method), $"{method} in {mode}");
                    foreach (var (rule, count) in hits)
                        Assert.AreEqual(count, run.Hits(rule), $"hits of rule {rule} by {method} in {mode}");
                }
            );
    }

    /// <summary>Rewrites in one mode and hands over the result.</summary>
    public void InMode(CompileMode mode, Action<Rewritten> check)
    {
        using var temp = new TempFolder();
        var original = temp.Sub("original");
        var guest = StandIns.WriteGuest(original);
        var lib = Compiled.WriteCached(original, "Lib", library, mode);
        var hooks = Compiled.WriteCached(original, "Hooks", targets, mode, lib);
        var user = Compiled.Write(original, "Client", client, mode, [lib, hooks]);
        var output = temp.Sub("output");
        var again = temp.Sub("again");
        File.Copy(guest, Path.Combine(output, "Nexus.Guest.dll"));
        File.Copy(hooks, Path.Combine(output, "Hooks.dll"));
        var results = new List<RewriteResult>();
        foreach (var input in (string[])[lib, user])
        {
            var rewritten = Path.Combine(output, Path.GetFileName(input));
            var bytes = File.ReadAllBytes(input);
            var result = new AssemblyRewriter(set).Rewrite(input, rewritten);
            results.Add(result);
            CollectionAssert.AreEqual(bytes, File.ReadAllBytes(input), "the original was changed");
            if (result.Outcome is RewriteOutcome.Untouched)
            {
                File.Copy(input, rewritten);
                continue;
            }
            var second = Path.Combine(again, Path.GetFileName(input));
            new AssemblyRewriter(set).Rewrite(input, second);
            CollectionAssert.AreEqual(
                File.ReadAllBytes(rewritten),
                File.ReadAllBytes(second),
                $"{rewritten} in {mode} is not deterministic"
            );
            var pdb = Path.ChangeExtension(rewritten, ".pdb");
            Assert.AreEqual(File.Exists(Path.ChangeExtension(input, ".pdb")), File.Exists(pdb), $"symbols of {rewritten} in {mode}");
            if (File.Exists(pdb))
                CollectionAssert.AreEqual(
                    File.ReadAllBytes(pdb),
                    File.ReadAllBytes(Path.ChangeExtension(second, ".pdb")),
                    $"{pdb} is not deterministic"
                );
            Assert.AreEqual(
                RewriteOutcome.AlreadyRewritten,
                new AssemblyRewriter(set).Rewrite(rewritten, Path.Combine(again, "x.dll")).Outcome
            );
        }

        var context = new AssemblyLoadContext("rewritten", isCollectible: true);
        context.Resolving += (c, name) =>
            Path.Combine(output, name.Name + ".dll") is var path && File.Exists(path) ? c.LoadFromAssemblyPath(path) : null;
        try
        {
            var assembly = context.LoadFromAssemblyPath(Path.Combine(output, "Client.dll"));
            Jit.PrepareAll(assembly);
            Jit.PrepareAll(context.LoadFromAssemblyPath(Path.Combine(output, "Lib.dll")));
            check(new Rewritten(context, output, assembly, results));
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>A rewritten client, loaded.</summary>
    internal sealed record Rewritten(AssemblyLoadContext Context, string Folder, Assembly Client, IReadOnlyList<RewriteResult> Results)
    {
        public IEnumerable<Finding> Findings => Results.SelectMany(r => r.Findings);

        public string? Call(string method) =>
            (string?)Client.GetType("Client.Cases", throwOnError: true)!.GetMethod(method)!.Invoke(null, null);

        public int Hits(int rule) =>
            (
                (int[])
                    Context
                        .LoadFromAssemblyPath(Path.Combine(Folder, "Nexus.Guest.dll"))
                        .GetType("Nexus.Guest.RuleCounters")!
                        .GetField("Counts")!
                        .GetValue(null)!
            )[rule];
    }
}
