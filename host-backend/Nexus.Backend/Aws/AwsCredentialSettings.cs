namespace Nexus.Backend.Aws;

/// <summary>
/// Where a function's credentials come from: explicit keys if given, else the named profile, else the default chain; then the role, if any, is assumed
/// with them. Compared by reference; keep one instance per function.
/// </summary>
public sealed class AwsCredentialSettings
{
    /// <summary>The default chain of the backend's user.</summary>
    public static AwsCredentialSettings Default { get; } = new();

    /// <summary>A profile of the shared config or credentials files.</summary>
    public string? Profile { get; init; }

    public string? RoleArn { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>Shown in CloudTrail; 2 to 64 characters.</summary>
    public string SessionName { get; init; } = "nexus";

    /// <summary>Where STS is asked; the environment's region, else us-east-1.</summary>
    public string? StsRegion { get; init; }

    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    public string? SessionToken { get; init; }
}
