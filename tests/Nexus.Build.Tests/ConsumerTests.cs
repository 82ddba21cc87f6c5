using Nexus.Rewriter;
using Nexus.Rewriter.Tests;

namespace Nexus.Build.Tests;

/// <summary>The package in every way of building: the result runs as the plain program without a channel and reaches the guest with one.</summary>
[TestClass]
public sealed class ConsumerTests
{
    private static PackedConsumer consumer = null!;

    public required TestContext TestContext { get; init; }

    [ClassInitialize]
    public static void Pack(TestContext context) => consumer = new PackedConsumer();

    [ClassCleanup]
    public static void Clean() => consumer.Dispose();

    [TestMethod]
    [DataRow("Release", "build", "-c", "Release")]
    [DataRow("ReadyToRun", "publish", "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true")]
    [DataRow("SingleFile", "publish", "-r", "linux-x64", "--self-contained", "false", "-p:PublishSingleFile=true")]
    [DataRow("Trimmed", "publish", "-r", "linux-x64", "--self-contained", "true", "-p:PublishTrimmed=true")]
    [DataRow("NativeAot", "publish", "-r", "linux-x64", "-p:PublishAot=true")]
    public void Consumer_BuiltInAMode_ReachesTheGuestOnlyWithAChannel(string mode, string verb, params string[] arguments)
    {
        var folder = consumer.Create(mode);
        PackedConsumer.Make(folder, verb, arguments);

        Assert.AreEqual("answered\n", Run(folder));
        AssertReachesGuest([Path.Combine(folder, "out/Consumer")]);
        CheckAgain(mode, Path.Combine(folder, "out"));
    }

    [TestMethod]
    [DataRow("HttpRelease", "build", "-c", "Release")]
    [DataRow("HttpReadyToRun", "publish", "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true")]
    public void Consumer_WithAClientInItsOwnCode_ReachesTheGuestOnlyWithAChannel(string mode, string verb, params string[] arguments)
    {
        var folder = consumer.Create(mode, PackedConsumer.HttpProgram);
        PackedConsumer.Make(folder, verb, arguments);

        Assert.AreEqual("answered\n", Run(folder));
        AssertReachesGuest([Path.Combine(folder, "out/Consumer")]);
    }

    [TestMethod]
    [DataRow(
        "ServerSingleFile",
        true,
        "compiled when run",
        "--self-contained",
        "false",
        "-p:PublishSingleFile=true",
        "-p:StartupHookSupport=false"
    )]
    // Without the package, too, SDK 10.0.401 trims Kestrel so far that it does not start: what runs without a channel says nothing there.
    [DataRow("ServerTrimmed", false, "compiled when run", "--self-contained", "true", "-p:PublishTrimmed=true")]
    [DataRow("ServerNativeAot", true, "native", "-p:PublishAot=true")]
    public async Task Consumer_ThatIsAServer_AnswersThroughANodeAndStartsTheGuestsServerOnlyWithAChannel(
        string mode,
        bool runsPlain,
        string form,
        params string[] arguments
    )
    {
        var folder = consumer.CreateServer(mode);
        PackedConsumer.Make(folder, "publish", ["-r", "linux-x64", .. arguments]);
        var output = Path.Combine(folder, "out");

        if (runsPlain)
            Assert.AreEqual("answered\n", Run(folder));
        AssertReachesGuest([Path.Combine(output, "Consumer")]);
        Assert.IsTrue(PublishFolder.Open(output, "Consumer").IsServer);
        await using var served = await ServedConsumer.StartAsync(output, TestContext.CancellationToken);
        await served.AskAsync(form, TestContext.CancellationToken);
    }

    [TestMethod]
    public void Consumer_SwitchedOff_IsBuiltAsWithoutThePackage()
    {
        var folder = consumer.Create("Off");
        PackedConsumer.Make(folder, "build", "-p:NexusEnabled=false");

        Assert.AreEqual("answered\n", Run(folder, ("NEXUS_CHANNEL", "3,4,5")));
        Assert.IsFalse(File.Exists(Path.Combine(folder, "out/Nexus.Guest.dll")));
    }

    [TestMethod]
    public void Consumer_BuiltAgain_SkipsTheRewrite()
    {
        var folder = consumer.Create("Debug");
        PackedConsumer.Make(folder, "build", "-c", "Debug");

        Assert.AreEqual("answered\n", Run(folder));
        AssertReachesGuest([Path.Combine(folder, "out/Consumer")]);
        CheckAgain("Debug", Path.Combine(folder, "out"));

        var rewritten = Directory
            .GetFiles(folder, "AWSSDK.Core.dll", SearchOption.AllDirectories)
            .Single(f => f.Contains("/nexus/", StringComparison.Ordinal));
        var date = File.GetLastWriteTimeUtc(rewritten);
        PackedConsumer.Make(folder, "build", "-c", "Debug");

        Assert.AreEqual(date, File.GetLastWriteTimeUtc(rewritten));
        AssertReachesGuest([Path.Combine(folder, "out/Consumer")]);
    }

    /// <summary>What the folder rewriter and the check make of the result: nothing is left to do, and it still starts.</summary>
    private static void CheckAgain(string mode, string output)
    {
        var report = new CoverageChecker(RuleSet.Default).Check(output, "Consumer");
        var form = mode switch
        {
            "SingleFile" or "NativeAot" => mode,
            "Trimmed" => "SelfContained",
            _ => "FrameworkDependent",
        };
        Assert.AreEqual(form, report.Form);
        if (form == mode)
            StringAssert.Contains(report.Findings.Single().Message, "built with Nexus.Build");

        var prepared = new FolderRewriter(RuleSet.Default, consumer.GuestFolder).Rewrite(output, output + "-again", "Consumer");
        Assert.IsEmpty(prepared.AppliedRules);
        AssertReachesGuest(prepared.CommandLine(prepared.Folder, ChildProcess.DotNet));
    }

    /// <summary>The guest's own complaint about a channel that is none shows that the call arrived there.</summary>
    private static void AssertReachesGuest(IReadOnlyList<string> command) =>
        StringAssert.Contains(ChildProcess.Run(command, ("NEXUS_CHANNEL", "3,4,5")).Output, "NEXUS0500");

    private static string Run(string folder, params (string, string?)[] environment)
    {
        var (code, output) = ChildProcess.Run([Path.Combine(folder, "out/Consumer")], environment);
        Assert.AreEqual(0, code, output);
        return output;
    }
}
