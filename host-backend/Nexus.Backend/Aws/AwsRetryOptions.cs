using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace Nexus.Backend.Aws;

/// <summary>How often a call is tried. Legacy mode keeps its five attempts but uses the standard back-off and quota; adaptive mode is refused.</summary>
public sealed record AwsRetryOptions
{
    /// <summary>1 to 100, the first attempt included.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Reads <c>AWS_RETRY_MODE</c> and <c>AWS_MAX_ATTEMPTS</c>, then the profile (<c>AWS_PROFILE</c> or default).</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0418: a value that is not usable.</exception>
    public static AwsRetryOptions FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        CredentialProfile? profile = FindProfile(environment);
        string mode =
            environment.TryGetValue("AWS_RETRY_MODE", out string? given) && given.Length > 0
                ? given
                : profile?.RetryMode?.ToString() ?? nameof(RequestRetryMode.Standard);
        int attempts = mode.ToUpperInvariant() switch
        {
            "STANDARD" => 3,
            "LEGACY" => 5,
            _ => throw AwsDiagnostics.RetryConfiguration.With(mode),
        };
        if (environment.TryGetValue("AWS_MAX_ATTEMPTS", out string? max) && max.Length > 0)
        {
            bool valid = int.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out attempts) && attempts is >= 1 and <= 100;
            return valid ? new AwsRetryOptions { MaxAttempts = attempts } : throw AwsDiagnostics.RetryConfiguration.With(max);
        }
        return new AwsRetryOptions { MaxAttempts = profile?.MaxAttempts ?? attempts };
    }

    private static CredentialProfile? FindProfile(IReadOnlyDictionary<string, string> environment)
    {
        string name = environment.TryGetValue("AWS_PROFILE", out string? given) && given.Length > 0 ? given : "default";
        try
        {
            return new CredentialProfileStoreChain().TryGetProfile(name, out CredentialProfile profile) ? profile : null;
        }
        catch (Exception e) when (e is AmazonClientException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // A broken profile file is reported where credentials are needed from it.
            return null;
        }
    }
}
