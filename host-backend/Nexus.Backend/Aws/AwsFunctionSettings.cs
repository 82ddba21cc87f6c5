namespace Nexus.Backend.Aws;

/// <summary>What the operator says about one function's AWS calls. Keep one instance per function.</summary>
public sealed record AwsFunctionSettings
{
    /// <summary>The function's name, for the retry quota and for messages.</summary>
    public required string Name { get; init; }

    public AwsCredentialSettings Credentials { get; init; } = AwsCredentialSettings.Default;

    public AwsRetryOptions Retry { get; init; } = new();

    /// <summary>Longest wait for one attempt's response headers; null leaves it to the deadline.</summary>
    public TimeSpan? AttemptTimeout { get; init; }
}
