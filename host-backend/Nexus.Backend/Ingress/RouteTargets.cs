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

        throw functions.ContainsKey(route.Function)
            ? IngressDiagnostics.TargetNotServable.With($"{route.Listen} to \"{route.Function}\"")
            : IngressDiagnostics.UnknownRouteFunction.With($"\"{route.Function}\"");
    }
}
