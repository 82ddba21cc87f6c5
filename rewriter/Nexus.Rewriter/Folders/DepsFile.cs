using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nexus.Rewriter;

/// <summary>The <c>.deps.json</c> of a function: the .NET host loads only assemblies that are listed in it.</summary>
internal sealed class DepsFile
{
    internal static readonly JsonSerializerOptions Format = new() { WriteIndented = true };
    private readonly JsonObject root;
    private readonly JsonObject target;
    private readonly JsonObject libraries;

    private DepsFile(JsonObject root, JsonObject target, JsonObject libraries)
    {
        this.root = root;
        this.target = target;
        this.libraries = libraries;
    }

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0118: not such a file.</exception>
    public static DepsFile Parse(string path)
    {
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            var name = root["runtimeTarget"]!["name"]!.GetValue<string>();
            return new DepsFile(root, root["targets"]![name]!.AsObject(), root["libraries"]!.AsObject());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw RewriterDiagnostics.InvalidDepsFile.With(path, e);
        }
    }

    /// <summary>A file for a folder without one: without it the host would take every assembly in the folder, so every one is listed.</summary>
    /// <param name="assemblies">File names.</param>
    /// <param name="framework">Version of the framework, for example 8.0.</param>
    public static DepsFile Generate(IEnumerable<string> assemblies, Version framework)
    {
        var name = $".NETCoreApp,Version=v{framework.Major}.{framework.Minor}";
        var root = new JsonObject
        {
            ["runtimeTarget"] = new JsonObject { ["name"] = name, ["signature"] = "" },
            ["compilationOptions"] = new JsonObject(),
            ["targets"] = new JsonObject { [name] = new JsonObject() },
            ["libraries"] = new JsonObject(),
        };
        var deps = new DepsFile(root, root["targets"]![name]!.AsObject(), root["libraries"]!.AsObject());
        foreach (var assembly in assemblies)
            deps.AddAssembly(assembly);
        return deps;
    }

    /// <summary>File names of the managed assemblies that are listed.</summary>
    public IReadOnlySet<string> Assemblies() =>
        target
            .SelectMany(library => (library.Value as JsonObject)?["runtime"]?.AsObject() ?? [])
            .Select(asset => Path.GetFileName(asset.Key))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists an assembly that lies beside the application; nothing happens when it is listed already.</summary>
    public void AddAssembly(string fileName)
    {
        if (Assemblies().Contains(fileName))
            return;
        var key = Path.GetFileNameWithoutExtension(fileName) + "/0.0.0";
        target[key] = new JsonObject { ["runtime"] = new JsonObject { [fileName] = new JsonObject() } };
        libraries[key] = new JsonObject
        {
            ["type"] = "project",
            ["serviceable"] = false,
            ["sha512"] = "",
        };
    }

    public string ToText() => root.ToJsonString(Format) + "\n";
}
