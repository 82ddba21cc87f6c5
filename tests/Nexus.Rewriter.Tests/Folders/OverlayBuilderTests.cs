using Nexus.Diagnostics;

namespace Nexus.Rewriter.Tests;

[TestClass]
public sealed class OverlayBuilderTests
{
    [TestMethod]
    public void Prepare_ClassLibrary_StartsThroughTheGuestHostAndCountsItsHits()
    {
        using var temp = new TempFolder();
        var prepared = Builder(temp).Prepare(AwsFunction.Publish(temp.Sub("publish")));

        Assert.IsFalse(prepared.IsExecutable);
        Assert.AreEqual("aws-v4-pipeline", prepared.AppliedRules[0].RuleId);
        var (code, output) = ChildProcess.Run(
            prepared.CommandLine(prepared.Folder, ChildProcess.DotNet),
            ("_HANDLER", "Orders::Sample.Function::Run"),
            ("NEXUS_CHANNEL", "3,4,5")
        );
        Assert.AreEqual("registered\nhost: made AmazonDynamoDBClient\nhits: 1\n", output);
        Assert.AreEqual(0, code);
    }

    [TestMethod]
    public void Prepare_Executable_StartsAsItself()
    {
        using var temp = new TempFolder();
        var prepared = Builder(temp).Prepare(AwsFunction.Publish(temp.Sub("publish"), executable: true));

        Assert.IsTrue(prepared.IsExecutable);
        Assert.IsFalse(File.Exists(Path.Combine(prepared.Folder, "Nexus.Guest.Host.dll")));
        var (code, output) = ChildProcess.Run(prepared.CommandLine(prepared.Folder, ChildProcess.DotNet), ("NEXUS_CHANNEL", "3,4,5"));
        Assert.AreEqual("registered\nmade AmazonDynamoDBClient\n", output);
        Assert.AreEqual(0, code);
    }

    [TestMethod]
    public void Prepare_NeitherDepsNorRuntimeConfig_StartsWithGeneratedOnes()
    {
        using var temp = new TempFolder();
        var prepared = Builder(temp).Prepare(AwsFunction.Publish(temp.Sub("publish"), withConfig: false), "Orders");

        var (code, output) = ChildProcess.Run(
            prepared.CommandLine(prepared.Folder, ChildProcess.DotNet),
            ("_HANDLER", "Orders::Sample.Function::Run")
        );
        Assert.AreEqual("host: made AmazonDynamoDBClient\nhits: 1\n", output);
        Assert.AreEqual(0, code);
    }

    [TestMethod]
    public void Prepare_EqualFilesOfTwoFunctions_ShareOneReadOnlyInode()
    {
        using var temp = new TempFolder();
        var builder = Builder(temp);
        var first = builder.Prepare(AwsFunction.Publish(temp.Sub("one")));
        var second = builder.Prepare(AwsFunction.Publish(temp.Sub("two"), executable: true));

        Assert.AreNotEqual(first.Folder, second.Folder);
        var core = new[] { first, second }.Select(p => Path.Combine(p.Folder, "AWSSDK.Core.dll")).ToArray();
        Assert.AreEqual(Inode(core[0]), Inode(core[1]));
        Assert.AreEqual(
            UnixFileMode.None,
            File.GetUnixFileMode(core[0]) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)
        );
    }

    [TestMethod]
    public void Prepare_SameFunctionAgain_TakesTheOverlayFromTheCache()
    {
        using var temp = new TempFolder();
        var folder = AwsFunction.Publish(temp.Sub("publish"));
        var first = Builder(temp).Prepare(folder);
        var date = Directory.GetLastWriteTimeUtc(first.Folder);
        var second = Builder(temp).Prepare(folder);

        Assert.AreEqual(first.Folder, second.Folder);
        Assert.AreEqual(date, Directory.GetLastWriteTimeUtc(second.Folder));
        CollectionAssert.AreEqual(first.AppliedRules.ToArray(), second.AppliedRules.ToArray());

        File.AppendAllText(Path.Combine(folder, "appsettings.json"), "{}");
        Assert.AreNotEqual(first.Folder, Builder(temp).Prepare(folder).Folder);
    }

    [TestMethod]
    public async Task Prepare_ManyBuildersAtOnce_AgreeOnOneCompleteOverlay()
    {
        using var temp = new TempFolder();
        var folder = AwsFunction.Publish(temp.Sub("publish"));
        var builder = Builder(temp);
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => builder.Prepare(folder))));

        Assert.HasCount(1, all.Select(p => p.Folder).Distinct().ToList());
        Assert.HasCount(1, Directory.GetDirectories(temp["cache/overlays"]));
        Assert.IsEmpty(Directory.GetDirectories(temp["cache/staging"]));
        Assert.IsEmpty(Directory.GetFiles(temp["cache"], "*.tmp", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void Prepare_FullDisk_SaysSoAndLeavesNoOverlay()
    {
        using var temp = new TempFolder();
        var folder = AwsFunction.Publish(temp.Sub("publish"));
        var builder = Builder(temp);
        var cache = temp.Sub("cache");
        if (Environment.UserName != "root" || ChildProcess.Run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", cache]).ExitCode != 0)
            Assert.Inconclusive("needs the right to mount a small file system");
        try
        {
            var error = Assert.ThrowsExactly<NexusException>(() => builder.Prepare(folder));
            Assert.AreEqual(RewriterDiagnostics.DiskFull, error.Diagnostic);
            Assert.IsFalse(Directory.Exists(Path.Combine(cache, "overlays")));
            Assert.IsEmpty(Directory.GetDirectories(Path.Combine(cache, "staging")));
        }
        finally
        {
            ChildProcess.Run(["umount", cache]);
        }
    }

    private static string Inode(string path) => ChildProcess.Run(["stat", "-c", "%i", path]).Output;

    private static OverlayBuilder Builder(TempFolder temp) => new(RuleSet.Default, StandIns.WriteAll(temp.Sub("guest")), temp["cache"]);
}
