using System.Globalization;

namespace Nexus.Backend.Executors.Upstreams;

/// <summary>One entry of a function's allowed upstreams.</summary>
/// <param name="Scheme">Null for http and https.</param>
/// <param name="Host">In lower case; with a leading dot for every name below it; empty for every host.</param>
/// <param name="Port">Null for the scheme's own, or for every one where the host is open.</param>
internal readonly record struct UpstreamPattern(string? Scheme, string Host, int? Port)
{
    /// <summary>Whether it names one host, which may then be this machine.</summary>
    public bool IsExact => Host.Length > 0 && Host[0] != '.';

    /// <param name="text"><c>host</c>, <c>host:port</c>, <c>scheme://host[:port]</c>, <c>*.suffix</c> or <c>*</c>.</param>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static UpstreamPattern Parse(string text)
    {
        var rest = text.Trim().ToLowerInvariant();
        string? scheme = null;
        if (rest.IndexOf("://", StringComparison.Ordinal) is > 0 and var end)
        {
            scheme = rest[..end];
            rest = rest[(end + 3)..].TrimEnd('/');
        }

        if (scheme is not (null or "http" or "https") || !TrySplit(rest, out var host, out var port))
        {
            throw new FormatException($"'{text}' is no allowed upstream.");
        }

        return host == "*" ? new UpstreamPattern(scheme, "", port)
            : host.StartsWith("*.", StringComparison.Ordinal) ? new UpstreamPattern(scheme, host[1..], port)
            : new UpstreamPattern(scheme, host, port);
    }

    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    /// <param name="host">In lower case.</param>
    /// <param name="port">The port, the scheme's own included.</param>
    public bool Covers(string scheme, string host, int port) =>
        (Scheme is null || Scheme == scheme)
        && (Port is { } only ? only == port : Host.Length == 0 || port == (scheme == "https" ? 443 : 80))
        && (IsExact ? Host == host : host.EndsWith(Host, StringComparison.Ordinal));

    /// <summary>Splits an authority; false when it is none.</summary>
    /// <param name="authority">Host, or host and port; an IPv6 address in brackets.</param>
    /// <param name="host">The host, in brackets if it was.</param>
    /// <param name="port">The port, if it is there.</param>
    public static bool TrySplit(string authority, out string host, out int? port)
    {
        port = null;
        host = authority;
        var colon = authority.LastIndexOf(':');
        if (colon >= 0 && authority.IndexOf(']', StringComparison.Ordinal) < colon)
        {
            host = authority[..colon];
            if (
                !int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 65535
            )
            {
                return false;
            }

            port = number;
        }

        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return host == "*" || Uri.CheckHostName(name) is not UriHostNameType.Unknown;
    }
}
