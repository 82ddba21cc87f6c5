namespace RestCaller;

/// <summary>A handler of its own kind, as many programs have one.</summary>
internal sealed class RetryHandler : HttpClientHandler
{
    public RetryHandler()
    {
        AllowAutoRedirect = false;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("X-Attempt", "1");
        (await base.SendAsync(request, cancellationToken)).Dispose();
        request.Headers.Remove("X-Attempt");
        request.Headers.Add("X-Attempt", "2");
        return await base.SendAsync(request, cancellationToken);
    }
}
