namespace Nexus.Backend.Aws;

/// <summary>
/// Decides where a guest's request may go: AWS's own hosts over https, what the operator configured, nothing else. Requests for AWS hosts are
/// redirected to the configured endpoint of their service. Immutable and thread-safe.
/// </summary>
public sealed class AwsEndpointPolicy
{
    private readonly AwsUriParts? _default;
    private readonly Dictionary<string, AwsUriParts> _byService = new(StringComparer.Ordinal);
    private readonly List<AwsUriParts> _allowed = [];
    private readonly List<string> _allowedSuffixes = [];

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0406: a configured endpoint is not usable; NEXUS0405: it is a metadata address.</exception>
    public AwsEndpointPolicy(AwsEndpointOptions options)
    {
        if (options.DefaultEndpoint is { } general)
        {
            _default = Configured(general);
            _allowed.Add(_default.Value);
        }
        foreach ((string service, string endpoint) in options.ServiceEndpoints)
        {
            AwsUriParts parts = Configured(endpoint);
            _byService[service] = parts;
            _allowed.Add(parts);
        }
        foreach (string entry in options.AllowedEndpoints)
        {
            if (entry.StartsWith("*.", StringComparison.Ordinal) && entry.Length > 3)
            {
                _allowedSuffixes.Add(entry[1..].ToLowerInvariant());
            }
            else
            {
                _allowed.Add(Configured(entry.Contains("://", StringComparison.Ordinal) ? entry : "https://" + entry));
            }
        }
    }

    /// <summary>The address to sign for and send to.</summary>
    /// <param name="uri">As the SDK in the guest resolved it; untrusted.</param>
    /// <param name="serviceId">The SDK's service id, such as <c>DynamoDB</c> or <c>Secrets Manager</c>; untrusted.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0400, 0401, 0402, 0403 or 0405 with the URI without its query.</exception>
    public AwsEndpoint Resolve(string uri, string serviceId)
    {
        if (AwsUriParts.Parse(uri) is not { } parts)
        {
            throw AwsDiagnostics.UriInvalid.With(Shown(uri));
        }
        if (parts.IsMetadataHost)
        {
            throw AwsDiagnostics.MetadataAddress.With(Shown(uri));
        }
        if (parts.Host.Contains("--x-s3", StringComparison.Ordinal) || parts.Host.StartsWith("s3express-", StringComparison.Ordinal))
        {
            throw AwsDiagnostics.AuthSchemeUnsupported.With(Shown(uri));
        }
        bool isPublic = AwsPublicHosts.Contains(parts.Host);
        if (ConfiguredFor(serviceId) is { } configured)
        {
            if (SamePlace(parts, configured))
            {
                return Endpoint(parts, parts.Target);
            }
            if (isPublic)
            {
                string? bucket = serviceId == "S3" ? AwsPublicHosts.Bucket(parts.Host) : null;
                return Endpoint(configured, InBucket(configured, bucket, parts.Target));
            }
            if (serviceId == "S3" && IsBucketOf(parts, configured, out string name))
            {
                return Endpoint(configured, InBucket(configured, name, parts.Target));
            }
        }
        if (IsAllowed(parts))
        {
            return Endpoint(parts, parts.Target);
        }
        if (!isPublic || !parts.HasDefaultPort)
        {
            throw AwsDiagnostics.HostNotAllowed.With(Shown(uri));
        }
        return parts.Scheme == "https" ? Endpoint(parts, parts.Target) : throw AwsDiagnostics.PlainHttpNotAllowed.With(Shown(uri));
    }

    /// <summary>Queries can hold presigned secrets and are long: diagnostics name the place only.</summary>
    internal static string Shown(string uri)
    {
        int end = uri.IndexOfAny(['?', '#']);
        string place = end < 0 ? uri : uri[..end];
        return place.Length <= 200 ? place : place[..200] + "...";
    }

    private static AwsEndpoint Endpoint(AwsUriParts place, string target) => new(place.Scheme, place.Authority, target);

    private static bool SamePlace(AwsUriParts x, AwsUriParts y) => x.Scheme == y.Scheme && x.Port == y.Port && x.Host == y.Host;

    private static bool IsBucketOf(AwsUriParts parts, AwsUriParts configured, out string bucket)
    {
        bool isBucket =
            parts.Scheme == configured.Scheme
            && parts.Port == configured.Port
            && parts.Host.EndsWith("." + configured.Host, StringComparison.Ordinal);
        bucket = isBucket ? parts.Host[..^(configured.Host.Length + 1)] : "";
        return isBucket;
    }

    private static string InBucket(AwsUriParts configured, string? bucket, string target)
    {
        string root = configured.Target.TrimEnd('/');
        if (bucket is null)
        {
            return root.Length == 0 ? target : root + target;
        }
        // The bucket itself is /bucket, not /bucket/: some emulators take the latter for an empty key.
        string rest = target is "/" || target.StartsWith("/?", StringComparison.Ordinal) ? target[1..] : target;
        return string.Concat(root, "/", bucket, rest);
    }

    private static AwsUriParts Configured(string endpoint)
    {
        if (AwsUriParts.Parse(endpoint) is not { } parts || parts.Target.Contains('?', StringComparison.Ordinal))
        {
            throw AwsDiagnostics.EndpointConfiguration.With(endpoint);
        }
        return parts.IsMetadataHost ? throw AwsDiagnostics.MetadataAddress.With(endpoint) : parts;
    }

    private AwsUriParts? ConfiguredFor(string serviceId)
    {
        if (_byService.Count > 0 && _byService.TryGetValue(AwsEndpointOptions.ServiceKey(serviceId), out AwsUriParts parts))
        {
            return parts;
        }
        return _default;
    }

    private bool IsAllowed(AwsUriParts parts)
    {
        foreach (AwsUriParts allowed in _allowed)
        {
            if (SamePlace(parts, allowed))
            {
                return true;
            }
        }
        return parts is { Scheme: "https", HasDefaultPort: true }
            && _allowedSuffixes.Exists(suffix => parts.Host.EndsWith(suffix, StringComparison.Ordinal));
    }
}
