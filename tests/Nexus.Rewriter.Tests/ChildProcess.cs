using System.Diagnostics;

namespace Nexus.Rewriter.Tests;

/// <summary>Runs a program to its end under a watchdog.</summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromMinutes(4);

    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    public static (int ExitCode, string Output) Run(IReadOnlyList<string> command, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Watchdog))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', command)} did not end");
        }
        return (process.ExitCode, output.Result + error.Result);
    }
}
