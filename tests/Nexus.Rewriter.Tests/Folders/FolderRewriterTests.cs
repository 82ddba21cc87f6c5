using System.Text.Json.Nodes;
using Nexus.Diagnostics;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class FolderRewriterTests
{
    [TestMethod]
    public void Rewrite_PublishFolder_LeavesTheInputAsItIs()
    {
        using var temp = new TempFolder();
        var input = AwsFunction.Publish(temp.Sub("publish"));
        var before = Snapshot(input);

        var prepared = Rewriter(temp).Rewrite(input, temp["out"]);

        CollectionAssert.AreEqual(before, Snapshot(input));
        Assert.AreEqual(temp["out"], prepared.Folder);
        CollectionAssert.AreEquivalent(
            new[]
            {
                "AWSSDK.Core.dll",
                "AWSSDK.DynamoDBv2.dll",
                "Nexus.Channel.dll",
                "Nexus.Guest.dll",
                "Nexus.Guest.Aws.V4.dll",
                "Nexus.Guest.Host.dll",
                "Orders.dll",
                "Orders.pdb",
                "Orders.deps.json",
                "Orders.runtimeconfig.json",
            },
            Directory.GetFiles(prepared.Folder).Select(Path.GetFileName).ToArray()
        );
    }

    [TestMethod]
    public void Rewrite_Twice_GivesEqualFoldersAndARewrittenFolderIsAValidInput()
    {
        using var temp = new TempFolder();
        var input = AwsFunction.Publish(temp.Sub("publish"));
        var rewriter = Rewriter(temp);
        rewriter.Rewrite(input, temp["a"]);
        rewriter.Rewrite(input, temp["b"]);
        rewriter.Rewrite(temp["a"], temp["c"]);

        CollectionAssert.AreEqual(Snapshot(temp["a"]), Snapshot(temp["b"]));
        CollectionAssert.AreEqual(Snapshot(temp["a"]), Snapshot(temp["c"]));
    }

    [TestMethod]
    public void Rewrite_DepsFile_ListsTheGuestOnceAndKeepsTheRest()
    {
        using var temp = new TempFolder();
        Rewriter(temp).Rewrite(AwsFunction.Publish(temp.Sub("publish")), temp["out"]);
        var target = JsonNode.Parse(File.ReadAllText(temp["out/Orders.deps.json"]))!["targets"]![".NETCoreApp,Version=v8.0"]!.AsObject();
        CollectionAssert.AreEquivalent(
            new[]
            {
                "Orders/1.0.0",
                "AWSSDK.Core/4.0.0",
                "AWSSDK.DynamoDBv2/4.0.0",
                "Nexus.Channel/0.0.0",
                "Nexus.Guest/0.0.0",
                "Nexus.Guest.Aws.V4/0.0.0",
                "Nexus.Guest.Host/0.0.0",
            },
            target.Select(l => l.Key).ToArray()
        );
    }

    [TestMethod]
    public void Rewrite_OutputOverInput_IsRefused()
    {
        using var temp = new TempFolder();
        var input = AwsFunction.Publish(temp.Sub("publish"));
        foreach (var output in (string[])[input, Path.Combine(input, "out"), temp.Path])
            Refused(RewriterDiagnostics.OutputOverlapsInput, () => Rewriter(temp).Rewrite(input, output));
    }

    [TestMethod]
    public void Rewrite_FolderWithoutAFunction_IsRefused()
    {
        using var temp = new TempFolder();
        Refused(RewriterDiagnostics.FolderNotFound, () => Rewriter(temp).Rewrite(temp["nowhere"], temp["out"]));
        File.WriteAllText(Path.Combine(temp.Sub("texts"), "readme.txt"), "hello");
        Refused(RewriterDiagnostics.NoApplication, () => Rewriter(temp).Rewrite(temp["texts"], temp["out"]));
        var two = AwsFunction.Publish(temp.Sub("two"));
        File.Copy(Path.Combine(two, "Orders.dll"), Path.Combine(two, "Other.dll"));
        File.Copy(Path.Combine(two, "Orders.runtimeconfig.json"), Path.Combine(two, "Other.runtimeconfig.json"));
        Refused(RewriterDiagnostics.AmbiguousApplication, () => Rewriter(temp).Rewrite(two, temp["out"]));
        Assert.AreEqual("Orders", Rewriter(temp).Rewrite(two, temp["out"], "Orders").AppName);
    }

    [TestMethod]
    public void Rewrite_DamagedSdkOrDeps_IsRefusedAndLeavesNoOutput()
    {
        using var temp = new TempFolder();
        var input = AwsFunction.Publish(temp.Sub("publish"));
        var core = Path.Combine(input, "AWSSDK.Core.dll");
        File.WriteAllBytes(core, File.ReadAllBytes(core)[..5000]);
        Refused(RewriterDiagnostics.CorruptAssembly, () => Rewriter(temp).Rewrite(input, temp["out"]));
        File.WriteAllText(core, "not a DLL");
        Refused(RewriterDiagnostics.NotAnAssembly, () => Rewriter(temp).Rewrite(input, temp["out"]));
        File.WriteAllText(Path.Combine(input, "Orders.deps.json"), "{");
        Refused(RewriterDiagnostics.InvalidDepsFile, () => Rewriter(temp).Rewrite(input, temp["out"]));
        Assert.IsFalse(Directory.Exists(temp["out"]));
    }

    [TestMethod]
    public void Rewrite_GuestAssemblyMissing_IsRefused()
    {
        using var temp = new TempFolder();
        var rewriter = Rewriter(temp);
        File.Delete(temp["guest/Nexus.Guest.Aws.V4.dll"]);
        Refused(RewriterDiagnostics.GuestAssemblyMissing, () => rewriter.Rewrite(AwsFunction.Publish(temp.Sub("publish")), temp["out"]));
    }

    [TestMethod]
    public void Rewrite_NativeLibraryNamedDll_IsCopied()
    {
        using var temp = new TempFolder();
        var input = AwsFunction.Publish(temp.Sub("publish"));
        File.WriteAllText(Path.Combine(temp.Sub("publish/runtimes/linux-x64/native"), "sqlite.dll"), "MZ native");
        Rewriter(temp).Rewrite(input, temp["out"]);
        Assert.AreEqual("MZ native", File.ReadAllText(temp["out/runtimes/linux-x64/native/sqlite.dll"]));
    }

    private static FolderRewriter Rewriter(TempFolder temp) => new(RuleSet.Default, StandIns.WriteAll(temp.Sub("guest")));

    private static void Refused(Diagnostic expected, Action action) =>
        Assert.AreEqual(expected, Assert.ThrowsExactly<NexusException>(action).Diagnostic);

    private static string[] Snapshot(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(f =>
                    $"{Path.GetRelativePath(folder, f)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}"
                ),
        ];
}
