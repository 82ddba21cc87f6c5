using System.Diagnostics;
using System.Text.Json.Nodes;
using Nexus.Cli.Configuration;
using Nexus.TestKit.Data;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;

namespace Nexus.Cli.Tests;

/// <summary>Functions through the command line against local services, in the process sandbox.</summary>
[TestClass]
public sealed class EndToEndTests
{
    private static EmulatorSet s_emulators = null!;
    private static EmulatorData s_data = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        if (ProgramOnPath("bwrap") is null)
        {
            Assert.Inconclusive("bubblewrap is not installed");
        }

        s_emulators = await EmulatorSet.StartAsync(context.CancellationTokenSource.Token);
        s_data = new EmulatorData(s_emulators);
        await s_data.CreateTableAsync("visits", "name");
        await s_data.CreateTableAsync("counters", "id");
        await s_data.CreateBucketAsync("greetings");
        await s_data.CreateBucketAsync("documents");
        await s_data.CreateQueueAsync("announcements");
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (s_emulators is not null)
        {
            s_data.Dispose();
            await s_emulators.DisposeAsync();
        }
    }

    [TestMethod]
    public async Task Run_FunctionWithThreeServices_PrintsResultLogAndProof()
    {
        var function = await PublishedFunctions.GetAsync("HelloAll");
        string[] arguments = ["run", function.Folder, "--handler", function.Handler, "--timeout", "60", "--event", "-", "--json"];

        var run = (await CliProcess.RunAsync(s_emulators.CallerVariables, """{"name":"Ada"}""", arguments)).Expect(0).Json;

        StringAssert.Contains(run.GetProperty("result").GetProperty("text").GetString(), "Hello Ada");
        StringAssert.Contains(run.GetProperty("log").GetString(), "Greeting Ada");
        var proof = run.GetProperty("proof");
        Assert.AreEqual(5, proof.GetProperty("offloadedCalls").GetInt32());
        Assert.AreEqual(0, proof.GetProperty("sockets").GetInt32());
        CollectionAssert.AreEqual(
            new[] { "lo" },
            proof.GetProperty("interfaces").EnumerateArray().Select(static name => name.GetString()).ToArray()
        );
    }

    [TestMethod]
    public async Task Run_FunctionThatFails_PrintsTheErrorAndEndsWith1()
    {
        var function = await PublishedFunctions.GetAsync("HelloAll");
        string[] arguments = ["run", function.Folder, "--handler", function.Handler, "--timeout", "60", "--env", "TABLE_NAME=missing"];

        var run = (await CliProcess.RunAsync(s_emulators.CallerVariables, "", arguments)).ExitCode;

        Assert.AreEqual(1, run);
    }

    [TestMethod]
    public async Task Run_Program_PassesOutputExitCodeAndArgumentsOn()
    {
        var program = await PublishedFunctions.GetAsync("StockReport");

        var good = await CliProcess.RunAsync(s_emulators.CallerVariables, "", "run", program.Folder);
        var bad = await CliProcess.RunAsync(s_emulators.CallerVariables, "", "run", program.Folder, "missing");

        StringAssert.StartsWith(good.Expect(0).Output, "0 items, 0 pieces: OK");
        StringAssert.Contains(good.Error, "2 AWS calls offloaded");
        Assert.AreEqual(2, bad.ExitCode, bad.Error);
        StringAssert.Contains(bad.Error, "ResourceNotFoundException");
    }

    [TestMethod]
    [DataRow("true", true)]
    [DataRow("false", false)]
    public async Task Run_Precompile_DecidesWhetherTheFunctionIsCompiledAhead(string setting, bool compiled)
    {
        using var folder = new TempFolder();
        // Its own overlays, but the SDK is compiled once for all tests.
        var results = Directory.CreateDirectory(Path.Combine(HostVariables.CacheFolder, "precompiled")).FullName;
        var cache = Directory.CreateDirectory(Path.Combine(folder.Path, "cache")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(cache, "precompiled"), results);
        var function = await PublishedFunctions.GetAsync("Faults");
        string[] arguments = ["run", function.Folder, "--handler", function.Handler, "--timeout", "60", "--cache", cache];

        var run = await CliProcess.RunAsync(
            s_emulators.CallerVariables,
            """{"kind":"none"}""",
            [.. arguments, "--event", "-", "--precompile", setting]
        );

        run.Expect(0);

        var overlay = Directory.GetDirectories(Path.Combine(cache, "overlays")).Single();
        using var stream = File.OpenRead(Path.Combine(overlay, "app", "AWSSDK.SQS.dll"));
        using var image = new System.Reflection.PortableExecutable.PEReader(stream);
        Assert.AreEqual(compiled, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }

    [TestMethod]
    public async Task ServeAndInvoke_OneFunction_AnswersAndEndsOnSigterm()
    {
        using var folder = new TempFolder();
        var function = await PublishedFunctions.GetAsync("HelloAll");
        var settings = new JsonObject
        {
            ["path"] = function.Folder,
            ["handler"] = function.Handler,
            ["timeout"] = 60,
        };
        var file = folder.Write("nexus.json", new JsonObject { ["functions"] = new JsonObject { ["hello"] = settings } }.ToJsonString());
        var input = folder.Write("event.json", """{"name":"Grace"}""");
        using var node = CliProcess.Start(s_emulators.CallerVariables, "serve", file, "--listen", "http://127.0.0.1:0");
        try
        {
            var address = await ReadAddressAsync(node);

            var answer = await CliProcess.RunAsync("invoke", "hello", "--endpoint", address, "--event", input, "--tail");
            var accepted = await CliProcess.RunAsync("invoke", "hello", "--endpoint", address, "--event", input, "--async");
            var unknown = await CliProcess.RunAsync("invoke", "hallo", "--endpoint", address);

            StringAssert.Contains(answer.Expect(0).Output, "Hello Grace");
            StringAssert.Contains(answer.Error, "Greeting Grace");
            StringAssert.StartsWith(accepted.Expect(0).Output, "accepted ");
            StringAssert.Contains(unknown.Expect(1).Error, "ResourceNotFoundException");
            Process.Start("kill", ["-TERM", $"{node.Id}"]).WaitForExit();
            Assert.IsTrue(node.WaitForExit(TimeSpan.FromMinutes(1)), "the node did not end");
            Assert.AreEqual(0, node.ExitCode);
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }

    [TestMethod]
    public async Task Serve_TakenPort_IsAnErrorWithAnId()
    {
        using var folder = new TempFolder();
        var function = await PublishedFunctions.GetAsync("HelloAll");
        var settings = new JsonObject { ["path"] = function.Folder, ["handler"] = function.Handler };
        var file = folder.Write("nexus.json", new JsonObject { ["functions"] = new JsonObject { ["hello"] = settings } }.ToJsonString());

        var run = await CliProcess.RunAsync("serve", file, "--listen", s_emulators.DynamoDb.ToString().TrimEnd('/'));

        StringAssert.Contains(run.Expect(1).Error, "NEXUS0254");
    }

    private static async Task<string> ReadAddressAsync(Process node)
    {
        const string Prefix = "listening on ";
        var error = node.StandardError.ReadToEndAsync();
        using var watchdog = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await node.StandardOutput.ReadLineAsync(watchdog.Token) is { } line)
        {
            if (line.StartsWith(Prefix, StringComparison.Ordinal))
            {
                return line[Prefix.Length..];
            }
        }

        throw new InvalidOperationException($"The node ended: {await error}");
    }

    private static string? ProgramOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
