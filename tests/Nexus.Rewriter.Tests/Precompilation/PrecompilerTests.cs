namespace Nexus.Rewriter.Tests.Precompilation;

/// <summary>With stand-ins for the compiler: what the real one makes is shown by the tests of the command line.</summary>
[TestClass]
public sealed class PrecompilerTests
{
    [TestMethod]
    [DataRow("exit 1")]
    [DataRow("for a in \"$@\"; do [ \"$last\" = -o ] && echo nonsense > \"$a\"; last=$a; done")]
    [DataRow("kill -9 $$")]
    public void Prepare_CompilerThatFails_LeavesTheAssembliesAsTheyAre(string script)
    {
        using var temp = new TempFolder();
        var plain = Prepare(temp, null);
        var attempted = Prepare(temp, Find(temp, script));

        Assert.AreNotEqual(plain.Folder, attempted.Folder);
        CollectionAssert.AreEqual(Contents(plain), Contents(attempted));
        Assert.IsEmpty(Directory.EnumerateFiles(temp["cache"], "*.tmp", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void Prepare_SecondTime_AsksTheCompilerForNothing()
    {
        using var temp = new TempFolder();
        var asked = new List<string>();
        var precompiler = Find(temp, "exit 1", asked.Add);

        Prepare(temp, precompiler);
        var first = asked.Count;
        Prepare(temp, precompiler);

        Assert.IsGreaterThan(0, first);
        Assert.AreEqual(first, asked.Count);
    }

    [TestMethod]
    public void TryFind_WithoutACompiler_IsNull()
    {
        using var temp = new TempFolder();
        Assert.IsNull(Precompiler.TryFind(temp.Path, DotNetRoot, temp["cache"], static _ => { }));
    }

    private static string DotNetRoot { get; } =
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    private static PreparedFunction Prepare(TempFolder temp, Precompiler? precompiler)
    {
        var publish = Directory.Exists(temp["publish"]) ? temp["publish"] : AwsFunction.Publish(temp.Sub("publish"));
        var guest = Directory.Exists(temp["guest"]) ? temp["guest"] : StandIns.WriteAll(temp.Sub("guest"));
        return new OverlayBuilder(RuleSet.Default, guest, temp["cache"], precompiler).Prepare(publish);
    }

    private static Precompiler? Find(TempFolder temp, string script, Action<string>? report = null)
    {
        var tools = temp.Sub("tools");
        File.WriteAllText(Path.Combine(tools, "crossgen2"), $"#!/bin/sh\n{script}\n");
        File.WriteAllText(Path.Combine(tools, "version.txt"), Environment.Version.ToString());
        var found = Precompiler.TryFind(tools, DotNetRoot, temp["cache"], report ?? (static _ => { }));
        Assert.IsNotNull(found);
        return found;
    }

    private static string[] Contents(PreparedFunction function) =>
        [
            .. Directory
                .EnumerateFiles(function.Folder)
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    $"{Path.GetFileName(file)} {Convert.ToHexString(File.ReadAllBytes(file)).GetHashCode(StringComparison.Ordinal)}"
                ),
        ];
}
