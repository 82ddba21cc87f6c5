using System.Globalization;
using System.Net;

namespace Nexus.Backend.Aws;

/// <summary>A guest's or operator's absolute URI, split without changing a byte of path and query.</summary>
internal readonly record struct AwsUriParts(string Scheme, string Host, int Port, string Target)
{
    private int DefaultPort => Scheme == "https" ? 443 : 80;

    public bool HasDefaultPort => Port == DefaultPort;

    public string Authority => HasDefaultPort ? Host : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Whether the host is an address of the link or of an instance metadata service.</summary>
    public bool IsMetadataHost =>
        Host is "metadata.google.internal" or "instance-data" or "instance-data.ec2.internal"
        || (IPAddress.TryParse(Host.AsSpan().Trim("[]"), out IPAddress? address) && AwsAddressRules.IsLinkLocal(address));

    /// <summary>Null unless absolute, http(s), printable ASCII, and free of user information, fragment and backslashes.</summary>
    public static AwsUriParts? Parse(string uri)
    {
        foreach (char c in uri)
        {
            if (c is <= ' ' or > '~' or '#' or '\\')
            {
                return null;
            }
        }
        string scheme;
        if (uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            scheme = "https";
        }
        else if (uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            scheme = "http";
        }
        else
        {
            return null;
        }
        int start = scheme.Length + 3;
        int end = uri.AsSpan(start).IndexOfAny('/', '?');
        end = end < 0 ? uri.Length : start + end;
        ReadOnlySpan<char> authority = uri.AsSpan(start, end - start);
        int port = scheme == "https" ? 443 : 80;
        int colon = authority.LastIndexOf(':');
        if (colon > authority.LastIndexOf(']'))
        {
            if (!ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort given) || given == 0)
            {
                return null;
            }
            port = given;
            authority = authority[..colon];
        }
        if (!IsHost(authority))
        {
            return null;
        }
        string target = uri[end..];
        return new AwsUriParts(scheme, LowerHost(authority), port, target.StartsWith('/') ? target : "/" + target);
    }

    private static string LowerHost(ReadOnlySpan<char> host) => host.ToString().ToLowerInvariant();

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host.Length is 0 or > 253 || host[0] == '.' || host[^1] == '.' || host.IndexOf("..", StringComparison.Ordinal) >= 0)
        {
            return false;
        }
        if (host[0] == '[')
        {
            return host[^1] == ']' && IPAddress.TryParse(host[1..^1], out _) && !host.Contains('%');
        }
        foreach (char c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
            {
                return false;
            }
        }
        return true;
    }
}
