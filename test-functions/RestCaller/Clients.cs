using Microsoft.Extensions.DependencyInjection;

namespace RestCaller;

/// <summary>Every way to come by a client.</summary>
internal static class Clients
{
    private static readonly HttpMessageHandler s_shared = new SocketsHttpHandler();

    public static async Task<Dictionary<string, string>> CallAsync(Uri uri, string choice)
    {
        switch (choice)
        {
            case "sockets":
                using (var client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true))
                {
                    return await Description.OfAsync(await client.GetAsync(uri));
                }

            case "shared":
                using (var one = new HttpClient(s_shared, disposeHandler: false))
                using (var other = new HttpClient(new StampHandler("other") { InnerHandler = s_shared }, disposeHandler: false))
                {
                    using var first = await one.GetAsync(uri);
                    return await Description.OfAsync(await other.GetAsync(uri));
                }

            case "chain":
                using (
                    var client = new HttpClient(
                        new StampHandler("outer") { InnerHandler = new StampHandler("inner") { InnerHandler = new HttpClientHandler() } }
                    )
                )
                {
                    return await Description.OfAsync(await client.GetAsync(uri));
                }

            case "lateChain":
                var stamp = new StampHandler("late");
                using (var client = new HttpClient(stamp))
                {
                    stamp.InnerHandler = new SocketsHttpHandler();
                    return await Description.OfAsync(await client.GetAsync(uri));
                }

            case "invoker":
                using (var invoker = new HttpMessageInvoker(new SocketsHttpHandler()))
                using (var request = new HttpRequestMessage(HttpMethod.Get, uri))
                {
                    return await Description.OfAsync(await invoker.SendAsync(request, CancellationToken.None));
                }

            case "derivedHandler":
                using (var client = new HttpClient(new RetryHandler()))
                {
                    return await Description.OfAsync(await client.GetAsync(uri));
                }

            case "derivedClient":
                using (var client = new ApiClient(uri))
                {
                    return await Description.OfAsync(await client.GetAsync(uri.PathAndQuery));
                }

            case "fake":
                using (var client = new HttpClient(new FakeHandler()))
                {
                    return await Description.OfAsync(await client.GetAsync(uri));
                }

            default:
                return await CallFactoryAsync(uri, choice);
        }
    }

    private static async Task<Dictionary<string, string>> CallFactoryAsync(Uri uri, string choice)
    {
        var services = new ServiceCollection();
        if (choice == "defaults")
        {
            services.ConfigureHttpClientDefaults(every =>
                every.ConfigureHttpClient(client => client.DefaultRequestHeaders.Add("X-Every", "1"))
            );
            await using var plain = services.BuildServiceProvider();
            using var any = plain.GetRequiredService<IHttpClientFactory>().CreateClient("any");
            return await Description.OfAsync(await any.GetAsync(uri));
        }

        services.AddHttpClient("plain");
        services
            .AddHttpClient("set", client => client.DefaultRequestHeaders.Add("X-Set", "yes"))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false })
            .AddHttpMessageHandler(() => new StampHandler("factory"));
        services.AddHttpClient<TypedClient>(client => client.BaseAddress = new Uri(uri, "/"));
        await using var provider = services.BuildServiceProvider();
        if (choice == "typed")
        {
            return await provider.GetRequiredService<TypedClient>().CallAsync(uri.PathAndQuery);
        }

        if (choice == "messageHandler")
        {
            using var invoker = new HttpMessageInvoker(
                provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("plain"),
                false
            );
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            return await Description.OfAsync(await invoker.SendAsync(request, CancellationToken.None));
        }

        using var named = provider.GetRequiredService<IHttpClientFactory>().CreateClient(choice);
        return await Description.OfAsync(await named.GetAsync(uri));
    }
}
