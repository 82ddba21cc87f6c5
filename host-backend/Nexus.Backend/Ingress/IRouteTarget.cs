using Microsoft.AspNetCore.Http.Features;

namespace Nexus.Backend.Ingress;

/// <summary>What a route leads to: a server, or a Lambda handler behind one of API Gateway's payload formats.</summary>
internal interface IRouteTarget
{
    /// <summary>Answers one request; does not fail for what its function does.</summary>
    /// <param name="features">Kestrel's request and response.</param>
    /// <param name="scheme">The listener's, <c>http</c> or <c>https</c>.</param>
    Task AnswerAsync(IFeatureCollection features, string scheme);
}
