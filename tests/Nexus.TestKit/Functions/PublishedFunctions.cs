using System.Collections.Concurrent;
using System.Diagnostics;

namespace Nexus.TestKit.Functions;

/// <summary>Publishes test functions by <c>dotnet publish</c>, each once per process, into <c>artifacts/functions</c>.</summary>
public static class PublishedFunctions
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<PublishedFunction>>> s_published = new();

    /// <summary>Publishes a function of <c>test-functions/</c> as a plain framework-dependent Release build.</summary>
    /// <param name="name">Name of its folder, project and assembly.</param>
    /// <param name="switches">Further switches for <c>dotnet publish</c>, such as <c>-p:PublishReadyToRun=true</c>; each combination has its own folder.</param>
    /// <exception cref="InvalidOperationException">The publish failed; the message holds the output of the build.</exception>
    public static Task<PublishedFunction> GetAsync(string name, params string[] switches)
    {
        var key = string.Join(' ', [name, .. switches]);
        return s_published.GetOrAdd(key, _ => new(() => PublishAsync(name, switches))).Value;
    }

    private static async Task<PublishedFunction> PublishAsync(string name, string[] switches)
    {
        var variant = string.Concat(string.Join('_', switches).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
        var output = RepositoryRoot.Combine("artifacts", "functions", variant.Length == 0 ? name : $"{name}.{variant}");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish",
                RepositoryRoot.Combine("test-functions", name),
                "-c",
                "Release",
                "-o",
                output,
                "-v",
                "quiet",
                "-nologo",
                .. switches,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Functions share project references, and concurrent builds of one project fight over its intermediate files.
        await using var turn = await FileTurn.TakeAsync(RepositoryRoot.Combine("artifacts", "functions.lock"), CancellationToken.None);
        using var publish = Process.Start(start)!;
        var errors = publish.StandardError.ReadToEndAsync();
        var log = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0
            ? new PublishedFunction(output, name)
            : throw new InvalidOperationException($"Publishing {name} failed: {log}{await errors}");
    }
}
