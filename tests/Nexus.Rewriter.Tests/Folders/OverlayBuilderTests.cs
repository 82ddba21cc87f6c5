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
        Assert.AreEqual("aws-v4-pipeline", prepared.AppliedRules.Single().RuleId);
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

    private static OverlayBuilder Builder(TempFolder temp) => new(RuleSet.Default, StandIns.WriteAll(temp.Sub("guest")), temp["cache"]);
}
