using System.Diagnostics;

namespace Nexus.Vmm.Nested;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    /// <summary>Its standard output, or null after printing what went wrong.</summary>
    public static string? Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
        {
            return output;
        }

        Console.Error.WriteLine($"error: {program} {string.Join(' ', arguments)} ended with {process.ExitCode}\n{output}{errors.Result}");
        return null;
    }

    public static bool Exists(string program) => Candidates(program).Any();

    /// <summary>A program on the PATH, which exists.</summary>
    public static string Find(string program) => Candidates(program).First();

    private static IEnumerable<string> Candidates(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).Where(File.Exists);
}
