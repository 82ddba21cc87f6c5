using System.Collections;

namespace Nexus.Cli.Configuration;

/// <summary>This process's environment.</summary>
internal static class HostVariables
{
    private const string LastResortRegion = "us-east-1";

    public static IReadOnlyDictionary<string, string> All { get; } =
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    /// <summary>The region that the AWS SDKs would take from the environment; theirs of old when there is none.</summary>
    public static string Region =>
        All.GetValueOrDefault("AWS_REGION") is { Length: > 0 } region ? region
        : All.GetValueOrDefault("AWS_DEFAULT_REGION") is { Length: > 0 } former ? former
        : LastResortRegion;

    public static string CacheFolder =>
        Path.Combine(
            All.GetValueOrDefault("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "nexus"
        );
}
