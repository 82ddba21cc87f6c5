namespace Nexus.Backend.Aws;

/// <summary>Which host names belong to AWS itself, after the partitions' DNS suffixes in the public endpoint rules.</summary>
internal static class AwsPublicHosts
{
    private static readonly string[] s_suffixes =
    [
        "amazonaws.com",
        "api.aws",
        "amazonaws.com.cn",
        "api.amazonwebservices.com.cn",
        "amazonaws.eu",
        "api.amazonwebservices.eu",
        "c2s.ic.gov",
        "api.aws.ic.gov",
        "sc2s.sgov.gov",
        "api.aws.scloud",
        "cloud.adc-e.uk",
        "api.cloud-aws.adc-e.uk",
        "csp.hci.ic.gov",
        "api.aws.hci.ic.gov",
    ];

    /// <summary>
    /// Whether AWS's own service answers there. Names under the same suffixes that lead to customers' machines (instances, load balancers,
    /// private-link endpoints, web sites in buckets) do not count.
    /// </summary>
    public static bool Contains(string host)
    {
        ReadOnlySpan<char> labels = WithoutSuffix(host);
        if (labels.IsEmpty)
        {
            return false;
        }
        int lastDot = labels.LastIndexOf('.');
        ReadOnlySpan<char> last = labels[(lastDot + 1)..];
        if (last is "compute" or "compute-1" or "elb" or "vpce" || last.StartsWith("s3-website", StringComparison.Ordinal))
        {
            return false;
        }
        ReadOnlySpan<char> rest = lastDot < 0 ? default : labels[..lastDot];
        return !rest[(rest.LastIndexOf('.') + 1)..].StartsWith("s3-website", StringComparison.Ordinal);
    }

    /// <summary>The bucket in a virtual-hosted S3 name (<c>photos</c> of <c>photos.s3.eu-west-1.amazonaws.com</c>); null if there is none.</summary>
    public static string? Bucket(string host)
    {
        ReadOnlySpan<char> rest = WithoutSuffix(host);
        while (!rest.IsEmpty)
        {
            int dot = rest.LastIndexOf('.');
            ReadOnlySpan<char> label = rest[(dot + 1)..];
            rest = dot < 0 ? default : rest[..dot];
            if (
                label is "s3"
                || (label.StartsWith("s3-", StringComparison.Ordinal) && !label.StartsWith("s3-control", StringComparison.Ordinal))
            )
            {
                return rest.IsEmpty ? null : rest.ToString();
            }
        }
        return null;
    }

    private static ReadOnlySpan<char> WithoutSuffix(string host)
    {
        foreach (string suffix in s_suffixes)
        {
            if (
                host.Length > suffix.Length + 1
                && host.EndsWith(suffix, StringComparison.Ordinal)
                && host[host.Length - suffix.Length - 1] == '.'
            )
            {
                return host.AsSpan(0, host.Length - suffix.Length - 1);
            }
        }
        return default;
    }
}
