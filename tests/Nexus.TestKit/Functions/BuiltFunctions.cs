using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.TestKit.Functions;

/// <summary>
/// Publishes test functions with the targets of <c>Nexus.Build</c> in their build, into <c>artifacts/functions-built</c>: all at once, by one run of MSBuild, and only when
/// their sources, the rewriter or the guest have changed.
/// </summary>
internal static class BuiltFunctions
{
    // Its own folders under obj/: the assemblies in them are rewritten, and those of the plain builds must not be.
    private const string Configuration = "WithNexus";

    private static readonly string[] s_names =
    [
        "ChatRoom",
        "Classic",
        "FanOut",
        "Faults",
        "Gallery",
        "HelloAll",
        "KeyValue",
        "Ledger",
        "LegacyCalls",
        "LegacyObjects",
        "ObjectTransformer",
        "Orders",
        "QueueWorker",
        "RemoteCalls",
        "RestCaller",
        "StockReport",
    ];

    private static readonly Lazy<Task> s_built = new(BuildAsync);

    private static string Root => RepositoryRoot.Combine("artifacts", "functions-built");

    /// <exception cref="ArgumentException">The function is not among those that are built.</exception>
    /// <exception cref="InvalidOperationException">The build failed; the message holds its output.</exception>
    public static async Task<string> FolderAsync(string name)
    {
        if (!s_names.Contains(name))
        {
            throw new ArgumentException($"{name} is not in the list of functions to build.", nameof(name));
        }

        await s_built.Value;
        return Path.Combine(Root, name);
    }

    private static async Task BuildAsync()
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        await using var turn = await FileTurn.TakeAsync(RepositoryRoot.Combine("artifacts", "functions.lock"), CancellationToken.None);
        Directory.CreateDirectory(Root);
        var guest = Path.Combine(Path.GetDirectoryName(cli)!, "guest");
        var package = StagePackage(cli, guest);
        var stamp = Path.Combine(Root, "stamp");
        var inputs = $"{PublishedFunctions.SourceHash()} {HashOf(package.Append(guest))}";
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == inputs)
        {
            return;
        }

        var project = Path.Combine(Root, "all.proj");
        await File.WriteAllTextAsync(project, Project(guest));
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-v:quiet", "-nologo", "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A build server would outlive the tests.
        start.Environment["UseSharedCompilation"] = "false";
        using var build = Process.Start(start)!;
        var errors = build.StandardError.ReadToEndAsync();
        var log = await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        if (build.ExitCode != 0)
        {
            throw new InvalidOperationException($"Building the functions with Nexus.Build failed: {log}{await errors}");
        }

        await File.WriteAllTextAsync(stamp, inputs);
    }

    /// <summary>Lays the files out as the package does, and returns the folders with them.</summary>
    private static string[] StagePackage(string cli, string guest)
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(cli)))!;
        var (build, tools) = (Path.Combine(Root, "package", "build"), Path.Combine(Root, "package", "tools", "net8.0"));
        Copy(RepositoryRoot.Combine("rewriter", "Nexus.Build", "build"), "*", build);
        Copy(RepositoryRoot.Combine("rewriter", "Nexus.Build", "bin", configuration, "net8.0"), "*.dll", tools);
        return [build, tools];
    }

    private static void Copy(string from, string pattern, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, pattern))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static string Project(string guest)
    {
        var functions = string.Concat(
            s_names.Select(name =>
                $"""<Function Include="{RepositoryRoot.Combine("test-functions", name, name)}.csproj" AdditionalProperties="PublishDir={Root}/{name}/" />"""
            )
        );
        // The targets come in as a package's would, but without a restore of another kind than that of the plain build.
        return $"""
            <Project DefaultTargets="Publish">
              <ItemGroup>{functions}</ItemGroup>
              <Target Name="Publish">
                <MSBuild Projects="@(Function)" Targets="Restore" Properties="Session={Guid.NewGuid():N}" />
                <MSBuild
                  Projects="@(Function)"
                  Targets="Publish"
                  Properties="Configuration={Configuration};Optimize=true;StartupHookSupport=false;NexusGuestFolder={guest}/;CustomAfterMicrosoftCommonTargets={Root}/package/build/Nexus.Build.targets"
                />
              </Target>
            </Project>
            """;
    }

    private static string HashOf(IEnumerable<string> folders)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in folders.SelectMany(folder => Directory.EnumerateFiles(folder)).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file));
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
