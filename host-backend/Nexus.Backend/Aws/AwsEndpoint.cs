namespace Nexus.Backend.Aws;

/// <summary>Where a request goes, in the exact spelling that is signed and sent.</summary>
/// <param name="Scheme"><c>https</c> or <c>http</c>.</param>
/// <param name="Authority">Lower-case host, with the port unless it is the scheme's own; the Host header.</param>
/// <param name="Target">Path and query, percent-encoding untouched; begins with a slash.</param>
public readonly record struct AwsEndpoint(string Scheme, string Authority, string Target)
{
    public bool IsEncrypted => Scheme == "https";

    /// <summary>A URI that the HTTP stack writes as it stands: no dot segments removed, no escapes decoded or added.</summary>
    public Uri ToUri() =>
        new(
            string.Concat(Scheme, "://", Authority, Target),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
}
