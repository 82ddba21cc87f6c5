using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Nexus.Backend.Ingress;

/// <summary>Answers that are the node's own: no function gave them.</summary>
internal static class IngressAnswer
{
    private const string RetryAfterSeconds = "1";

    /// <param name="features">The request, whose response has not started.</param>
    /// <param name="status">4xx or 5xx; 503 says when to try again.</param>
    /// <param name="message">A diagnostic.</param>
    public static async Task RefuseAsync(IFeatureCollection features, int status, string message)
    {
        var response = features.Get<IHttpResponseFeature>()!;
        if (response.HasStarted)
        {
            features.Get<IHttpRequestLifetimeFeature>()!.Abort();
            return;
        }

        response.Headers.Clear();
        response.StatusCode = status;
        response.ReasonPhrase = null;
        var body = Encoding.UTF8.GetBytes(message + "\n");
        response.Headers.ContentType = "text/plain; charset=utf-8";
        response.Headers.ContentLength = body.Length;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        }

        if (!HttpMethods.IsHead(features.Get<IHttpRequestFeature>()!.Method))
        {
            await features.Get<IHttpResponseBodyFeature>()!.Writer.WriteAsync(body).ConfigureAwait(false);
        }
    }
}
