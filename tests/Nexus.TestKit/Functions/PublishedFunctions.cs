using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.TestKit.Functions;

/// <summary>Publishes test functions by <c>dotnet publish</c>, each once until its sources change, into <c>artifacts/functions</c>.</summary>
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

    /// <summary>Publishes a function with a runtime of its own, of an older version.</summary>
    /// <param name="name">Name of its folder, project and assembly.</param>
    /// <param name="runtime">8 or later.</param>
    /// <exception cref="InvalidOperationException">The publish failed; the message holds the output of the build.</exception>
    public static Task<PublishedFunction> GetWithRuntimeAsync(string name, int runtime) =>
        GetAsync(
            name,
            "--runtime",
            "linux-x64",
            "--self-contained",
            $"-p:FunctionFramework=net{runtime}.0",
            // Folders of its own for what is in between: the same projects are built for another framework beside this.
            "--artifacts-path",
            RepositoryRoot.Combine("artifacts", "functions-own-runtime", $"{runtime}")
        );

    /// <summary>Publishes a function with another version of Grpc.Net.Client than the newest.</summary>
    /// <param name="name">Name of its folder, project and assembly.</param>
    /// <param name="version">Of the packages Grpc.Net.Client and Grpc.Net.ClientFactory.</param>
    /// <exception cref="InvalidOperationException">The publish failed; the message holds the output of the build.</exception>
    public static Task<PublishedFunction> GetWithGrpcClientAsync(string name, string version) =>
        GetAsync(
            name,
            $"-p:GrpcClientVersion={version}",
            // Not every version of the packages it depends on can be restored; the next one does.
            "-p:WarningsNotAsErrors=NU1603",
            // Of its own, since the same projects are restored with the newest beside this.
            "--artifacts-path",
            RepositoryRoot.Combine("artifacts", "functions-older-grpc", version)
        );

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
        var stamp = output + ".sources";
        var sources = SourceHash();
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == sources)
        {
            return new PublishedFunction(output, name);
        }

        using var publish = Process.Start(start)!;
        var errors = publish.StandardError.ReadToEndAsync();
        var log = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException($"Publishing {name} failed: {log}{await errors}");
        }

        await File.WriteAllTextAsync(stamp, sources);
        return new PublishedFunction(output, name);
    }

    /// <summary>Of everything that functions are built from; a publish that finds nothing to do still takes seconds.</summary>
    internal static string SourceHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var functions = Directory
            .EnumerateFiles(RepositoryRoot.Combine("test-functions"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
        foreach (
            var file in functions.Concat(Directory.EnumerateFiles(RepositoryRoot.Path, "Directory.*.props")).Order(StringComparer.Ordinal)
        )
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
