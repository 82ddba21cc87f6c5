using Nexus.Backend.Ingress.Lambda;
using Nexus.Backend.Ingress.Servers;
using Nexus.Backend.Instances;

namespace Nexus.Backend.Ingress;

/// <summary>Finds what a route leads to.</summary>
internal static class RouteTargets
{
    /// <exception cref="Diagnostics.NexusException">NEXUS0803 or NEXUS0805.</exception>
    public static IRouteTarget Of(
        IngressRoute route,
        IReadOnlyDictionary<string, FunctionPool> functions,
        IReadOnlyDictionary<string, ServerPool> servers
    )
    {
        if (servers.TryGetValue(route.Function, out var server))
        {
            return new ServerTarget(server);
        }

        if (!functions.TryGetValue(route.Function, out var handler))
        {
            throw IngressDiagnostics.UnknownRouteFunction.With($"\"{route.Function}\"");
        }

        return route.Payload switch
        {
            "rest-v1" => new LambdaTarget(handler, isRest: true),
            "http-v2" => new LambdaTarget(handler, isRest: false),
            _ => throw IngressDiagnostics.TargetNotServable.With($"{route.Listen} to \"{route.Function}\""),
        };
    }
}
