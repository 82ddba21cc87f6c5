namespace Nexus.Backend.Aws;

/// <summary>What a request is signed with. Compared by reference: one instance per fetched set of keys, so that derived signing keys can be cached by it.</summary>
/// <param name="accessKeyId">Sent in clear.</param>
/// <param name="secretAccessKey">Never leaves the process and is never printed.</param>
/// <param name="sessionToken">For temporary credentials.</param>
/// <param name="expiration">When the service stops accepting them; null for long-lived keys.</param>
public sealed class AwsCredentials(
    string accessKeyId,
    string secretAccessKey,
    string? sessionToken = null,
    DateTimeOffset? expiration = null
)
{
    public string AccessKeyId { get; } = accessKeyId;

    public string SecretAccessKey { get; } = secretAccessKey;

    public string? SessionToken { get; } = string.IsNullOrEmpty(sessionToken) ? null : sessionToken;

    public DateTimeOffset? Expiration { get; } = expiration;

    public override string ToString() => $"{AccessKeyId} (secret withheld)";
}
