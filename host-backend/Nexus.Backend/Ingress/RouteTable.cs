namespace Nexus.Backend.Ingress;

/// <summary>The routes of one listener. The most exact host wins, then the longest path.</summary>
internal sealed class RouteTable
{
    private readonly (IngressRoute Route, IRouteTarget Target)[] _routes;

    public RouteTable(string scheme, IEnumerable<(IngressRoute Route, IRouteTarget Target)> routes)
    {
        Scheme = scheme;
        _routes =
        [
            .. routes
                .OrderByDescending(static entry => HostRank(entry.Route.Host))
                .ThenByDescending(static entry => entry.Route.Path.TrimEnd('/').Length),
        ];
    }

    /// <summary>Of the listener.</summary>
    public string Scheme { get; }

    /// <param name="host">The Host header; its port does not count.</param>
    /// <param name="path">Decoded path.</param>
    /// <returns>Null when no route takes the request.</returns>
    public IRouteTarget? Find(ReadOnlySpan<char> host, ReadOnlySpan<char> path)
    {
        var name = WithoutPort(host);
        foreach (var (route, target) in _routes)
        {
            if (TakesHost(route.Host, name) && TakesPath(route.Path, path))
            {
                return target;
            }
        }

        return null;
    }

    /// <summary>Whether a route names exactly this host.</summary>
    public bool Names(string host) => Array.Exists(_routes, entry => entry.Route.Host.Equals(host, StringComparison.OrdinalIgnoreCase));

    private static int HostRank(string host) =>
        host.Length == 0 ? 0
        : host.StartsWith('*') ? host.Length
        : 1000 + host.Length;

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        return colon >= 0 && host[colon..].IndexOf(']') < 0 ? host[..colon] : host;
    }

    private static bool TakesHost(string wanted, ReadOnlySpan<char> host) =>
        wanted.Length == 0
        || (
            wanted.StartsWith('*')
                ? host.Length >= wanted.Length && host.EndsWith(wanted.AsSpan(1), StringComparison.OrdinalIgnoreCase)
                : host.Equals(wanted, StringComparison.OrdinalIgnoreCase)
        );

    private static bool TakesPath(string prefix, ReadOnlySpan<char> path)
    {
        var wanted = prefix.AsSpan().TrimEnd('/');
        return path.StartsWith(wanted, StringComparison.Ordinal)
            && (path.Length == wanted.Length || wanted.IsEmpty || path[wanted.Length] == '/');
    }
}
