using System.Collections.Concurrent;

namespace Nexus.TestKit.Functions;

/// <summary>Test functions with Nexus in them, in each of its ways.</summary>
public static class HookedFunctions
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> s_rewritten = new();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HookMode> Modes { get; } = Enum.GetValues<HookMode>();

    /// <summary>The folder to serve a function from.</summary>
    /// <param name="name">Name of its folder in <c>test-functions/</c>.</param>
    /// <param name="mode">How Nexus gets into it.</param>
    /// <exception cref="InvalidOperationException">The publish, build or rewrite failed.</exception>
    public static async Task<string> FolderAsync(string name, HookMode mode) =>
        mode switch
        {
            HookMode.Folder => await s_rewritten.GetOrAdd(name, _ => new(() => RewriteAsync(name))).Value,
            HookMode.Build => await BuiltFunctions.FolderAsync(name),
            _ => (await PublishedFunctions.GetAsync(name)).Folder,
        };

    private static async Task<string> RewriteAsync(string name)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var function = await PublishedFunctions.GetAsync(name);
        // A folder for each process of tests, so that none takes away what another serves.
        var output = RepositoryRoot.Combine("artifacts", "functions-rewritten", $"{name}.{Environment.ProcessId}");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        var rewrite = await FinishedProcess.RunAsync(cli, new Dictionary<string, string>(), "rewrite", function.Folder, "-o", output);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(output, recursive: true);
        return rewrite.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"Rewriting {name} failed: {rewrite.Output}{rewrite.Error}");
    }
}
