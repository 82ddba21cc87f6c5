using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Nexus.Backend.Ingress;

/// <summary>Makes listeners from routes, and refuses routes that contradict each other.</summary>
internal static class IngressPlan
{
    /// <summary>What <see cref="IngressRoute.Protocols"/> may say.</summary>
    private static readonly Dictionary<string, HttpProtocols> Protocols = new()
    {
        ["http1"] = HttpProtocols.Http1,
        ["http2"] = HttpProtocols.Http2,
        ["http1+2"] = HttpProtocols.Http1AndHttp2,
    };

    /// <param name="routes">All routes of the node.</param>
    /// <param name="targetOf">Finds or refuses a route's target.</param>
    /// <exception cref="Diagnostics.NexusException">NEXUS0800 to NEXUS0807.</exception>
    public static IReadOnlyList<IngressListener> Make(IReadOnlyList<IngressRoute> routes, Func<IngressRoute, IRouteTarget> targetOf)
    {
        foreach (var route in routes)
        {
            Check(route);
        }

        return [.. routes.GroupBy(static route => Key(route), (_, group) => Listener([.. group], targetOf))];
    }

    private static IngressListener Listener(IngressRoute[] routes, Func<IngressRoute, IRouteTarget> targetOf)
    {
        var listen = routes[0].Listen;
        if (
            routes
                .GroupBy(static route => (route.Host.ToUpperInvariant(), route.Path.TrimEnd('/')))
                .FirstOrDefault(static group => group.Count() > 1) is
            { } repeated
        )
        {
            var route = repeated.First();
            throw IngressDiagnostics.RepeatedRoute.With($"{listen}, host \"{route.Host}\", path \"{route.Path}\"");
        }

        var tls = listen.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        var protocols = One(routes, "protocols", static route => route.Protocols);
        var certified = routes.FirstOrDefault(static route => route.Certificate.Length > 0) ?? routes[0];
        One(routes, "certificate", static route => route.Certificate);
        return new IngressListener(
            listen,
            protocols.Length > 0 ? Protocols[protocols]
                : tls ? HttpProtocols.Http1AndHttp2
                : HttpProtocols.Http1,
            tls ? ListenerCertificate.Load(certified) : null,
            new RouteTable(tls ? "https" : "http", routes.Select(route => (route, targetOf(route))))
        );
    }

    private static string One(IngressRoute[] routes, string what, Func<IngressRoute, string> value)
    {
        var given = routes.Select(value).Where(static text => text.Length > 0).Distinct().ToArray();
        return given.Length <= 1
            ? given.FirstOrDefault() ?? ""
            : throw IngressDiagnostics.ListenerContradiction.With($"{routes[0].Listen}: {what} {string.Join(" and ", given)}");
    }

    private static void Check(IngressRoute route)
    {
        BindingAddress? address = null;
        try
        {
            address = BindingAddress.Parse(route.Listen);
        }
        catch (FormatException)
        {
            // Told below.
        }

        if (address is not { Scheme: "http" or "https" } || address.PathBase.Length > 0)
        {
            throw IngressDiagnostics.RouteNotUsable.With($"listen \"{route.Listen}\"");
        }

        if (!route.Path.StartsWith('/'))
        {
            throw IngressDiagnostics.RouteNotUsable.With($"path \"{route.Path}\"");
        }

        if (route.Protocols.Length > 0 && !Protocols.ContainsKey(route.Protocols))
        {
            throw IngressDiagnostics.RouteNotUsable.With(
                $"protocols \"{route.Protocols}\"; allowed are {string.Join(", ", Protocols.Keys)}"
            );
        }

        if (route.Protocols == "http1+2" && address.Scheme == "http")
        {
            throw IngressDiagnostics.RouteNotUsable.With(
                $"protocols \"http1+2\" on {route.Listen}: without TLS a listener speaks one of the two"
            );
        }
    }

    /// <summary>Port 0 is another port each time, so such routes share a listener only when they are alike in text.</summary>
    private static string Key(IngressRoute route) => route.Listen.TrimEnd('/').ToUpperInvariant();
}
