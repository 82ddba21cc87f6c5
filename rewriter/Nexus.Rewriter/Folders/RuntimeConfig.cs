using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nexus.Rewriter;

/// <summary>The <c>.runtimeconfig.json</c> of a function.</summary>
internal static class RuntimeConfig
{
    /// <summary>Whether the runtime is in the folder; false when the file is missing.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0118: not such a file.</exception>
    public static bool IsSelfContained(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))?["runtimeOptions"]?["includedFrameworks"] is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw RewriterDiagnostics.InvalidDepsFile.With(path, e);
        }
    }

    /// <summary>Whether ASP.NET Core is among the frameworks; false when the file is missing.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0118: not such a file.</exception>
    public static bool UsesAspNetCore(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            var options = JsonNode.Parse(File.ReadAllText(path))?["runtimeOptions"];
            JsonNode?[] frameworks =
            [
                options?["framework"],
                .. options?["frameworks"]?.AsArray() ?? [],
                .. options?["includedFrameworks"]?.AsArray() ?? [],
            ];
            return frameworks.Any(f => f?["name"]?.GetValue<string>() == "Microsoft.AspNetCore.App");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw RewriterDiagnostics.InvalidDepsFile.With(path, e);
        }
    }

    /// <summary>
    /// A configuration for a class library that was published without one: the framework it was built for, or a newer one when that is not
    /// installed.
    /// </summary>
    /// <param name="assembly">The library; its target framework attribute decides.</param>
    public static string Generate(string assembly)
    {
        var version = TargetFramework.VersionOf(assembly);
        var config = new JsonObject
        {
            ["runtimeOptions"] = new JsonObject
            {
                ["tfm"] = $"net{version.Major}.{version.Minor}",
                ["rollForward"] = "LatestMajor",
                ["framework"] = new JsonObject { ["name"] = "Microsoft.NETCore.App", ["version"] = $"{version.Major}.{version.Minor}.0" },
            },
        };
        return config.ToJsonString(DepsFile.Format) + "\n";
    }
}
