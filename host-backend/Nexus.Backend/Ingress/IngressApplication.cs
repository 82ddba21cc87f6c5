using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Nexus.Backend.Ingress;

/// <summary>What Kestrel calls for every request of the routes: no middleware, no context, only the way to the function.</summary>
internal sealed class IngressApplication : IHttpApplication<IFeatureCollection>
{
    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        // Kestrel offers what a connection's middleware has set to all its requests.
        var routes = context.Get<RouteTable>()!;
        var request = context.Get<IHttpRequestFeature>()!;
        if (routes.Find(request.Headers.Host.ToString(), request.Path) is { } target)
        {
            return target.AnswerAsync(context, routes.Scheme);
        }

        context.Get<IHttpResponseFeature>()!.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception) { }
}
