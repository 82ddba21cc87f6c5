using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nexus.Rewriter;

/// <summary>Finds the shared frameworks that <c>dotnet</c> will choose for a function, as far as its code could be compiled for them.</summary>
internal static class InstalledFramework
{
    private const string Core = "Microsoft.NETCore.App";

    /// <summary>
    /// Folders of the frameworks; none when one is not installed, when the function says something unusual, or when they are of another generation
    /// than the compiler: a runtime takes images of its own only.
    /// </summary>
    /// <param name="runtimeConfig">Path of the function's <c>.runtimeconfig.json</c>.</param>
    /// <param name="dotnetRoot">Folder that holds <c>shared/</c>.</param>
    /// <param name="major">Generation of the compiler.</param>
    public static IReadOnlyList<string> Resolve(string runtimeConfig, string dotnetRoot, int major)
    {
        JsonNode? options;
        try
        {
            options = File.Exists(runtimeConfig) ? JsonNode.Parse(File.ReadAllText(runtimeConfig))?["runtimeOptions"] : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }

        if (options is null || options["includedFrameworks"] is not null)
            return [];
        var references = options["frameworks"] as JsonArray ?? [options["framework"]?.DeepClone()];
        var rollForward = (string?)options["rollForward"] ?? "Minor";
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var reference in references.Append(new JsonObject { ["name"] = Core, ["version"] = $"{major}.0.0" }))
        {
            if (Find(reference, rollForward, dotnetRoot) is not { } found || found.Version.Major != major)
                return [];
            folders.Add(found.Folder);
        }

        return [.. folders];
    }

    private static (string Folder, Version Version)? Find(JsonNode? reference, string rollForward, string dotnetRoot)
    {
        if (
            (string?)reference?["name"] is not { } name
            || !Version.TryParse((string?)reference["version"], out var wanted)
            || Path.Combine(dotnetRoot, "shared", name) is var shared && !Directory.Exists(shared)
        )
            return null;
        var installed = Directory
            .EnumerateDirectories(shared)
            .Select(folder => (Folder: folder, Version: Version.TryParse(Path.GetFileName(folder), out var version) ? version : null))
            .Where(found => found.Version is not null && found.Version >= wanted)
            .Select(found => (found.Folder, Version: found.Version!))
            .OrderBy(found => found.Version)
            .ToList();
        if (installed.Count == 0)
            return null;
        var target = rollForward switch
        {
            "LatestMajor" => installed[^1].Version,
            "LatestMinor" => new Version(wanted.Major, int.MaxValue),
            _ => installed[0].Version,
        };
        // The newest patch of the chosen minor version.
        return
            installed.LastOrDefault(found =>
                found.Version.Major == target.Major && (found.Version.Minor == target.Minor || rollForward == "LatestMinor")
            )
                is { Folder: not null } chosen
            ? chosen
            : null;
    }
}
