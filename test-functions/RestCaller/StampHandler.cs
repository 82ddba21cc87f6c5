namespace RestCaller;

/// <summary>Adds its name on the way.</summary>
internal sealed class StampHandler(string name) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("X-Stamp", name);
        return base.SendAsync(request, cancellationToken);
    }
}
