using System.Diagnostics;

namespace Nexus.TestKit.Functions;

/// <summary>A program that has run to its end.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
public sealed record FinishedProcess(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan s_watchdog = TimeSpan.FromMinutes(2);

    /// <summary>Runs a managed program.</summary>
    /// <param name="program">Path of a managed assembly with an entry point.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="OperationCanceledException">It took longer than two minutes, and has been killed.</exception>
    public static Task<FinishedProcess> RunAsync(
        string program,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) => RunExecutableAsync("dotnet", environment, ["exec", program, .. arguments]);

    /// <summary>Runs a program that is not started by <c>dotnet</c>, such as one that brings its runtime along.</summary>
    /// <param name="program">Path of the executable.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="OperationCanceledException">It took longer than two minutes, and has been killed.</exception>
    public static async Task<FinishedProcess> RunExecutableAsync(
        string program,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var watchdog = new CancellationTokenSource(s_watchdog);
        try
        {
            await process.WaitForExitAsync(watchdog.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new FinishedProcess(process.ExitCode, await output, await error);
    }
}
