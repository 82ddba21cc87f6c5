using System.Diagnostics;
using System.Text.Json;

namespace Nexus.Guest.Host.Tests;

/// <summary>The real load path: <c>dotnet exec</c> with the function's deps.json and runtimeconfig.json, in a process of its own.</summary>
[TestClass]
public sealed class ProcessTests
{
    private const string Recent = "Subjects/Core";
    private const string Future = "Subjects/CoreNext";
    private const string Old = "../../test-functions/lambda-packages/Amazon.Lambda.Core";

    private static readonly string[] s_contextOfTheRunner = ["True", "who", "pool", "app", "i-1", "v", "de"];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Exec_OwnCore_RunsTheHandlerFromTheDepsJson()
    {
        using var function = new FunctionFolder(Recent);

        var (exitCode, response, _) = await RunAsync(
            function,
            "Handlers::Handlers.Signatures::DoubleWithContext",
            """{"Id":"a","Count":2}"""
        );

        Assert.AreEqual("""{"Id":"arequest-1","Count":4}""", response[0]);
        Assert.AreEqual(0, exitCode);
    }

    [TestMethod]
    [DataRow(Old)]
    [DataRow(Recent)]
    [DataRow(Future)]
    public async Task Exec_AnyVersionOfCore_AnswersTheWholeContext(string core)
    {
        using var function = new FunctionFolder(core);

        var (_, response, _) = await RunAsync(function, "Handlers::Handlers.Contexts::Everything");

        CollectionAssert.AreEqual(s_contextOfTheRunner, JsonSerializer.Deserialize<string[]>(response[0])![7..]);
    }

    [TestMethod]
    [DataRow(Recent, "from the interface")]
    [DataRow(Future, "null")]
    public async Task Exec_NewerCore_AnswersWhatIsKnownAndASaneRest(string core, string unknownMember)
    {
        using var function = new FunctionFolder(core);

        var (_, response, _) = await RunAsync(function, "Handlers::Handlers.Contexts::Newer");

        CollectionAssert.AreEqual(
            new[] { "Root=1-2-3", "none", "JsonOfTheAssembly", unknownMember },
            JsonSerializer.Deserialize<string[]>(response[0])
        );
    }

    [TestMethod]
    [DataRow(Recent)]
    [DataRow(Future)]
    public async Task Exec_AnyVersionOfCore_LogsTheSame(string core)
    {
        using var function = new FunctionFolder(core);

        var (exitCode, _, log) = await RunAsync(function, "Handlers::Handlers.Contexts::Logs");

        Assert.AreEqual(0, exitCode);
        var lines = LogText.Lines(log);
        Assert.HasCount(10, lines);
        Assert.AreEqual("raw;<time>\trequest-1\tinfo\ta line", lines[0]);
        Assert.AreEqual("<time>\trequest-1\tinfo\t007 of things", lines[3]);
        Assert.AreEqual("<time>\trequest-1\tfail\tit failed and failed", lines[4]);
        Assert.AreEqual("<time>\trequest-1\tfail\tstatic 1", lines[7]);
    }

    [TestMethod]
    public async Task Exec_StreamHandler_LoadsNeitherJsonNorEmitNorExpressions()
    {
        using var function = new FunctionFolder(Recent);

        var (_, output, _) = await RunAsync(function, "Handlers::Handlers.Signatures::StreamAsync", "raw", listAssemblies: true);

        Assert.AreEqual("raw/request-1", output[0]);
        var loaded = output[1..];
        CollectionAssert.Contains(loaded, "Handlers");
        foreach (
            var heavy in new[]
            {
                "System.Text.Json",
                "System.Linq.Expressions",
                "System.Reflection.Emit",
                "System.Reflection.DispatchProxy",
            }
        )
        {
            CollectionAssert.DoesNotContain(loaded, heavy);
        }
    }

    [TestMethod]
    public async Task Exec_MissingMethod_IsAnInitErrorWithTheNearestName()
    {
        using var function = new FunctionFolder(Recent);

        var (exitCode, response, _) = await RunAsync(function, "Handlers::Handlers.Signatures::Maek");

        using var error = JsonDocument.Parse(string.Join('\n', response));
        Assert.AreEqual(1, exitCode);
        Assert.AreEqual("LambdaValidationException", error.RootElement.GetProperty("errorType").GetString());
        StringAssert.Contains(error.RootElement.GetProperty("errorMessage").GetString(), "did you mean 'Make'?");
    }

    private async Task<(int ExitCode, string[] Output, string Log)> RunAsync(
        FunctionFolder function,
        string handler,
        string payload = "",
        bool listAssemblies = false
    )
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } self && self.EndsWith("dotnet", StringComparison.Ordinal) ? self : "dotnet"
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_TieredPGO"] = "0" },
        };
        if (listAssemblies)
        {
            start.Environment["LIST_ASSEMBLIES"] = "1";
        }
        foreach (
            var argument in new[]
            {
                "exec",
                "--depsfile",
                function.File("Handlers.deps.json"),
                "--runtimeconfig",
                function.File("Handlers.runtimeconfig.json"),
                "--roll-forward",
                "LatestMajor",
                function.File("Runner.dll"),
                handler,
            }
        )
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        watchdog.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(watchdog.Token);
            var log = process.StandardError.ReadToEndAsync(watchdog.Token);
            await process.StandardInput.WriteAsync(payload);
            process.StandardInput.Close();
            await process.WaitForExitAsync(watchdog.Token);
            return (process.ExitCode, (await output).TrimEnd('\n').Split('\n'), await log);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
