using System.Diagnostics;
using System.Text.Json;
using Nexus.TestKit.Functions;

namespace Nexus.Cli.Tests;

/// <summary>One run of <c>nexus</c> as a process.</summary>
internal sealed record CliProcess(int ExitCode, string Output, string Error)
{
    /// <summary>The built program with its guest assemblies beside it.</summary>
    public static string Program { get; } = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static Task<CliProcess> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), "", arguments);

    /// <summary>Runs it to its end, at most for two minutes.</summary>
    public static async Task<CliProcess> RunAsync(IReadOnlyDictionary<string, string> environment, string input, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var watchdog = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(watchdog.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"nexus {string.Join(' ', arguments)} did not end within two minutes.");
        }

        return new CliProcess(process.ExitCode, await output, await error);
    }

    public static Process Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["NEXUS_CACHE"] = Cache;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Prepared functions are kept between tests: they are equal for equal input.</summary>
    private static string Cache { get; } = TestKit.RepositoryRoot.Combine("artifacts", "cli-tests", "cache");

    /// <summary>Fails unless the exit code is as expected; what was printed is in the message.</summary>
    public CliProcess Expect(int exitCode)
    {
        Assert.AreEqual(exitCode, ExitCode, $"{Output}\n{Error}");
        Assert.DoesNotContain("   at ", exitCode == 0 ? "" : Error, "a stack trace was printed");
        return this;
    }
}
