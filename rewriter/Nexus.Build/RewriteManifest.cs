using System.Text.Json;

namespace Nexus.Build;

/// <summary>What a rewrite left behind for later builds that skip it.</summary>
/// <param name="Rewritten">Path of each original, and of what replaces it.</param>
/// <param name="Guests">File names of the guest assemblies that the rewritten code calls, directly or not.</param>
internal sealed record RewriteManifest(IReadOnlyDictionary<string, string> Rewritten, IReadOnlyList<string> Guests)
{
    public static RewriteManifest Load(string path) => JsonSerializer.Deserialize<RewriteManifest>(File.ReadAllText(path))!;

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this));
}
