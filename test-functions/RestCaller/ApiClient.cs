namespace RestCaller;

/// <summary>A client of its own kind.</summary>
internal sealed class ApiClient : HttpClient
{
    public ApiClient(Uri service)
        : base(new HttpClientHandler { UseCookies = false })
    {
        BaseAddress = new Uri(service, "/");
        DefaultRequestHeaders.Add("X-Api", "1");
    }
}
