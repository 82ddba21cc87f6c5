using Nexus.TestKit.Functions;

namespace Nexus.Cli.Tests;

/// <summary>Commands that need no services, each as a process: what it prints and how it ends.</summary>
[TestClass]
public sealed class CommandTests
{
    [TestMethod]
    public async Task Version_Always_NamesTheRuntime() =>
        StringAssert.Contains((await CliProcess.RunAsync("version")).Expect(0).Output, "nexus 0.");

    [TestMethod]
    public async Task Help_OfServe_ListsTheSwitchesWithTheirDefaults()
    {
        var help = (await CliProcess.RunAsync("serve", "--help")).Expect(0).Output;

        StringAssert.Contains(help, "--idle-seconds");
        StringAssert.Contains(help, "default 300");
    }

    [TestMethod]
    [DataRow("srve", "serve")]
    [DataRow("serve --drain-second 1", "--drain-seconds")]
    public async Task CommandLine_TypingError_NamesTheNearestAndEndsWith2(string line, string nearest)
    {
        var run = (await CliProcess.RunAsync(line.Split(' '))).Expect(2);

        StringAssert.Contains(run.Error, nearest);
        StringAssert.Contains(run.Error, "NEXUS0016");
        Assert.AreEqual("", run.Output);
    }

    [TestMethod]
    public async Task CommandLine_TypingErrorWithJson_IsAnErrorObject()
    {
        var run = (await CliProcess.RunAsync("rewrite", "--json")).Expect(2);

        Assert.AreEqual("NEXUS0016", ErrorId(run));
    }

    [TestMethod]
    public async Task Explain_AnId_GivesCauseAndNextStep()
    {
        var run = (await CliProcess.RunAsync("explain", "NEXUS0300")).Expect(0);

        StringAssert.Contains(run.Output, "Cause: ");
        StringAssert.Contains(run.Output, "Next step: ");
    }

    [TestMethod]
    public async Task Explain_WithoutAnIdAsJson_ListsAll() =>
        Assert.AreEqual(DiagnosticCatalogue.All.Count, (await CliProcess.RunAsync("explain", "--json")).Expect(0).Json.GetArrayLength());

    [TestMethod]
    public async Task Explain_UnknownId_IsAnError() =>
        Assert.AreEqual("NEXUS0015", ErrorId((await CliProcess.RunAsync("explain", "NEXUS9999", "--json")).Expect(1)));

    [TestMethod]
    public async Task Doctor_AsJson_HasAVerdictForEveryCheck()
    {
        var run = await CliProcess.RunAsync("doctor", "--json");

        var verdicts = run.Json.EnumerateArray().Select(static check => check.GetProperty("verdict").GetString()).ToArray();
        Assert.IsEmpty(verdicts.Except(["ok", "warn", "fail"]));
        Assert.AreEqual(verdicts.Contains("fail") ? 1 : 0, run.ExitCode);
    }

    [TestMethod]
    public async Task Doctor_Redirected_PrintsPlainColumns()
    {
        var output = (await CliProcess.RunAsync("doctor")).Output;

        StringAssert.StartsWith(output, "Check ");
        Assert.DoesNotContain("│", output);
    }

    [TestMethod]
    public async Task Check_FunctionWithTheSdk_IsComplete()
    {
        var function = await PublishedFunctions.GetAsync("HelloAll");

        var report = (await CliProcess.RunAsync("check", function.Folder, "--json")).Expect(0).Json;

        Assert.IsTrue(report.GetProperty("isComplete").GetBoolean());
        Assert.IsGreaterThan(0, report.GetProperty("rules").GetArrayLength());
        StringAssert.Contains((await CliProcess.RunAsync("check", function.Folder)).Expect(0).Output, "AWSSDK.Core");
    }

    [TestMethod]
    [DataRow("check")]
    [DataRow("run")]
    public async Task Command_FolderThatDoesNotExist_IsAnErrorWithAnId(string command) =>
        Assert.AreEqual("NEXUS0110", ErrorId((await CliProcess.RunAsync(command, "/nowhere", "--json")).Expect(1)));

    [TestMethod]
    public async Task Rewrite_IntoANewFolder_WritesTheFunctionAndTheGuest()
    {
        using var folder = new TempFolder();
        var function = await PublishedFunctions.GetAsync("HelloAll");
        var output = Path.Combine(folder.Path, "out");

        var run = (await CliProcess.RunAsync("rewrite", function.Folder, "-o", output)).Expect(0);

        StringAssert.Contains(run.Output, "aws-v4-pipeline");
        Assert.IsTrue(File.Exists(Path.Combine(output, "HelloAll.dll")));
        Assert.IsTrue(File.Exists(Path.Combine(output, "Nexus.Guest.Host.dll")));
        Assert.AreEqual("NEXUS0119", ErrorId((await CliProcess.RunAsync("rewrite", function.Folder, "-o", output, "--json")).Expect(1)));
    }

    [TestMethod]
    public async Task Run_ClassLibraryWithoutAHandler_SaysHowToNameIt()
    {
        var function = await PublishedFunctions.GetAsync("HelloAll");

        StringAssert.Contains((await CliProcess.RunAsync("run", function.Folder)).Expect(1).Error, "NEXUS0009");
    }

    [TestMethod]
    [DataRow("{ \"a\": ")]
    [DataRow("")]
    public async Task Run_EventThatIsNotJson_IsRefused(string text)
    {
        var function = await PublishedFunctions.GetAsync("HelloAll");
        string[] arguments = ["run", function.Folder, "--handler", function.Handler, "--event", "-"];

        var run = await CliProcess.RunAsync(new Dictionary<string, string>(), text, arguments);

        StringAssert.Contains(run.Expect(1).Error, "NEXUS0012");
    }

    [TestMethod]
    public async Task Run_ProjectThatDoesNotCompile_ShowsTheCompilersMessage()
    {
        using var folder = new TempFolder();
        folder.Write(
            "Broken.csproj",
            "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>"
        );
        folder.Write("Broken.cs", "class Broken {");

        var run = (await CliProcess.RunAsync("run", folder.Path)).Expect(1);

        StringAssert.Contains(run.Error, "error CS1513");
        StringAssert.Contains(run.Error, "NEXUS0011");
    }

    [TestMethod]
    public async Task Run_FolderWithTwoProjects_AsksWhich()
    {
        using var folder = new TempFolder();
        folder.Write("A.csproj", "");
        folder.Write("B.fsproj", "");

        StringAssert.Contains((await CliProcess.RunAsync("run", folder.Path)).Expect(1).Error, "NEXUS0010");
    }

    [TestMethod]
    public async Task Serve_MistypedKey_NamesPositionAndNearestKey()
    {
        using var folder = new TempFolder();
        var file = folder.Write("nexus.json", "{ \"functions\": { \"a\": { \"pth\": \"x\" } } }");

        var run = (await CliProcess.RunAsync("serve", file)).Expect(1);

        StringAssert.Contains(run.Error, "NEXUS0001");
        StringAssert.Contains(run.Error, "\"pth\" at nexus.json:1:25; the nearest is \"path\"");
    }

    [TestMethod]
    public async Task Invoke_NoNode_SaysSo() =>
        Assert.AreEqual(
            "NEXUS0013",
            ErrorId((await CliProcess.RunAsync("invoke", "a", "--endpoint", "http://127.0.0.1:1", "--json")).Expect(1))
        );

    [TestMethod]
    public void Guest_InTheOutput_HasEveryAssembly()
    {
        var files = Directory
            .EnumerateFiles(Path.Combine(Path.GetDirectoryName(CliProcess.Program)!, "guest"))
            .Select(Path.GetFileName)
            .Order(StringComparer.Ordinal)
            .ToArray();

        CollectionAssert.AreEqual(
            new[]
            {
                "Nexus.Channel.dll",
                "Nexus.Guest.AspNetCore.dll",
                "Nexus.Guest.Aws.V3.dll",
                "Nexus.Guest.Aws.V4.dll",
                "Nexus.Guest.Grpc.Legacy.dll",
                "Nexus.Guest.Grpc.NetClient.dll",
                "Nexus.Guest.Grpc.dll",
                "Nexus.Guest.Host.dll",
                "Nexus.Guest.Http.Factory.dll",
                "Nexus.Guest.Http.dll",
                "Nexus.Guest.dll",
            },
            files
        );
    }

    private static string? ErrorId(CliProcess run) => run.Json.GetProperty("error").GetProperty("id").GetString();
}
