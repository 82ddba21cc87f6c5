using System.Text.Json;

namespace Nexus.Cli.Configuration;

/// <summary>What a function's own <c>aws-lambda-tools-defaults.json</c> says: handler, memory and timeout. It belongs to other tools, so nothing in it is an error.</summary>
internal static class LambdaToolsDefaults
{
    private const string FileName = "aws-lambda-tools-defaults.json";

    private static readonly Dictionary<string, string> s_keys = new()
    {
        ["function-handler"] = "handler",
        ["function-memory-size"] = "memory",
        ["function-timeout"] = "timeout",
    };

    /// <param name="folders">Where to look; the first file found counts.</param>
    public static SettingValues Find(params IEnumerable<string> folders)
    {
        var values = new SettingValues();
        if (folders.Select(static folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists) is not { } file)
        {
            return values;
        }

        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(file),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            foreach (var (name, key) in s_keys)
            {
                if (document.RootElement.ValueKind is JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value))
                {
                    var setting = SettingCatalogue.Function.First(candidate => candidate.Key == key);
                    values.Set(key, SettingReader.FromJson(setting, value, $"in {file}", Path.GetDirectoryName(file)!));
                }
            }
        }
        catch (Exception e) when (e is JsonException or IOException or Nexus.Diagnostics.NexusException)
        {
            // The command line and the configuration say what is needed when this file does not.
        }

        return values;
    }
}
