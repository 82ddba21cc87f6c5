using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.TestKit.Machines;

/// <summary>A program of this repository that is compiled ahead for its use in or around virtual machines: published when its sources have changed.</summary>
/// <param name="Project">Its project's folder.</param>
/// <param name="Name">Its file's name.</param>
/// <param name="Sources">Folders that it is made from.</param>
public sealed record NativeProgram(string Project, string Name, params string[] Sources)
{
    public static NativeProgram Monitor { get; } = new("vmm/Nexus.Vmm.Monitor", "nexus-vmm", "vmm");

    /// <summary>The first program of functions' guests.</summary>
    public static NativeProgram Init { get; } = new("vmm/Nexus.Vmm.Init", "nexus-init", "vmm/Nexus.Vmm.Init");

    /// <summary>The first program of the tests' own guests.</summary>
    public static NativeProgram TestInit { get; } =
        new(
            "tests/Nexus.Vmm.Guest",
            "nexus-test-init",
            "tests/Nexus.Vmm.Guest",
            "vmm/Nexus.Vmm.Init/Interop",
            "tests/Nexus.Channel.TestPeer",
            "guest-shim/Nexus.Guest",
            "guest-shim/Nexus.Channel"
        );

    /// <summary>Where all of them are.</summary>
    public static string Folder => RepositoryRoot.Combine("artifacts", "vm", "programs");

    /// <summary>Why programs cannot be compiled ahead here; null if they can.</summary>
    public static string? MissingTool() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(static folder => File.Exists(Path.Combine(folder, "clang")) || File.Exists(Path.Combine(folder, "gcc")))
            ? null
            : "Guests' programs are compiled ahead, which needs clang or gcc.";

    /// <summary>The program's path.</summary>
    /// <exception cref="InvalidOperationException">It does not compile; the message holds the output.</exception>
    public async Task<string> PublishAsync(CancellationToken cancellation = default)
    {
        var program = Path.Combine(Folder, Name);
        var stamp = RepositoryRoot.Combine("artifacts", "vm", Name + ".stamp");
        await using var turn = await FileTurn.TakeAsync(RepositoryRoot.Combine("artifacts", "vm", "programs.lock"), cancellation);
        var inputs = SourceHash();
        if (File.Exists(program) && File.Exists(stamp) && await File.ReadAllTextAsync(stamp, cancellation) == inputs)
        {
            return program;
        }

        string[] words =
        [
            "publish",
            RepositoryRoot.Combine(Project),
            "-c",
            "Release",
            "-o",
            Folder,
            "-v",
            "q",
            "-nologo",
            "-nodeReuse:false",
        ];
        var start = new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true };
        // A build server would outlive the tests.
        start.Environment["UseSharedCompilation"] = "false";
        using var build = Process.Start(start)!;
        var errors = build.StandardError.ReadToEndAsync(cancellation);
        var log = await build.StandardOutput.ReadToEndAsync(cancellation);
        await build.WaitForExitAsync(cancellation);
        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException($"Compiling {Project} ahead failed: {log}{await errors}");
        }

        await File.WriteAllTextAsync(stamp, inputs, cancellation);
        return program;
    }

    private string SourceHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] skipped =
        [
            $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}",
            $"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
        ];
        var files = Sources
            .SelectMany(static folder => Directory.EnumerateFiles(RepositoryRoot.Combine(folder), "*", SearchOption.AllDirectories))
            .Where(file => !skipped.Any(part => file.Contains(part, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
        foreach (var file in files.Append(RepositoryRoot.Combine("Directory.Build.props")))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
