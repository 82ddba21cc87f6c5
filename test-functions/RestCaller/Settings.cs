using System.Net;
using System.Text;

namespace RestCaller;

/// <summary>Calls of clients whose handlers were set up.</summary>
internal static class Settings
{
    public static async Task<Dictionary<string, string>> CallAsync(Uri uri, string choice)
    {
        using var handler = new HttpClientHandler();
        switch (choice)
        {
            case "noRedirect":
                handler.AllowAutoRedirect = false;
                break;
            case "fewRedirects":
                handler.MaxAutomaticRedirections = 3;
                break;
            case "decompress":
                handler.AutomaticDecompression = DecompressionMethods.All;
                break;
            case "gzipOnly":
                handler.AutomaticDecompression = DecompressionMethods.GZip;
                break;
            case "credentials":
                handler.Credentials = new NetworkCredential("user", "secret");
                break;
            case "wrongCredentials":
                handler.Credentials = new NetworkCredential("user", "wrong");
                break;
            case "credentialCache":
                handler.Credentials = new CredentialCache { { new Uri(uri, "/"), "Basic", new NetworkCredential("user", "secret") } };
                break;
            case "largeHeaders":
                handler.MaxResponseHeadersLength = 120;
                break;
            case "smallHeaders":
                handler.MaxResponseHeadersLength = 1;
                break;
            case "noCookies":
                handler.UseCookies = false;
                break;
            case "proxy":
                handler.Proxy = new WebProxy("http://proxy.example:3128");
                break;
            case "proxyCredentials":
                handler.Proxy = new WebProxy("http://proxy.example:3128") { Credentials = new NetworkCredential("user", "secret") };
                break;
            case "noProxy":
                handler.UseProxy = false;
                break;
            case "validation":
                handler.ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator;
                break;
        }

        using var client = new HttpClient(handler);
        return await Description.OfAsync(await client.GetAsync(uri));
    }

    public static async Task<Dictionary<string, string>> CallSocketsAsync(Uri uri, string choice)
    {
        using var handler = new SocketsHttpHandler();
        var pieces = new List<Dictionary<string, string>>();
        switch (choice)
        {
            case "preAuthenticate":
                handler.PreAuthenticate = true;
                handler.Credentials = new NetworkCredential("user", "secret");
                break;
            case "encodings":
                handler.RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8;
                handler.ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1;
                break;
            case "connectTimeout":
                handler.ConnectTimeout = TimeSpan.FromSeconds(5);
                break;
            case "decompress":
                handler.AutomaticDecompression = DecompressionMethods.All;
                break;
            case "connectCallback":
                handler.ConnectCallback = (_, _) => throw new NotSupportedException("Nobody asks.");
                break;
            case "clientCertificate":
                handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => null!;
                break;
            case "pool":
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(1);
                handler.MaxConnectionsPerServer = 2;
                break;
        }

        using var client = new HttpClient(handler);
        for (var call = 0; call < 2; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            if (choice == "encodings")
            {
                request.Headers.TryAddWithoutValidation("X-Name", "Grüße");
            }

            pieces.Add(await Description.OfAsync(await client.SendAsync(request)));
        }

        return pieces
            .SelectMany((piece, call) => piece.Select(pair => KeyValuePair.Create($"{call}.{pair.Key}", pair.Value)))
            .ToDictionary();
    }

    public static async Task<Dictionary<string, string>> CookiesAsync(Uri uri)
    {
        var jar = new CookieContainer();
        jar.Add(new Uri(uri, "/"), new Cookie("before", "1"));
        using var handler = new HttpClientHandler { CookieContainer = jar };
        using var client = new HttpClient(handler);
        using var first = await client.GetAsync(uri);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(uri, "/echo/again"));
        request.Headers.Add("Cookie", "own=2");
        var told = await Description.OfAsync(await client.SendAsync(request));
        told["jar"] = string.Join(
            '\n',
            jar.GetAllCookies()
                .Select(cookie => $"{cookie.Name}={cookie.Value} {cookie.Path} {cookie.HttpOnly}")
                .Order(StringComparer.Ordinal)
        );
        return told;
    }

    /// <summary>What a handler refuses by itself.</summary>
    public static async Task<Dictionary<string, string>> MisuseAsync(Uri uri, string choice)
    {
        using var handler = new HttpClientHandler();
        using var client = new HttpClient(handler);
        switch (choice)
        {
            case "disposedHandler":
                handler.Dispose();
                break;
            case "disposedClient":
                client.Dispose();
                break;
            case "scheme":
                return await Description.OfAsync(await client.GetAsync(new Uri("ftp://127.0.0.1/")));
            case "relative":
                return await Description.OfAsync(await client.GetAsync(new Uri("/echo", UriKind.Relative)));
            case "sameRequestTwice":
                using (var request = new HttpRequestMessage(HttpMethod.Get, uri))
                {
                    using var first = await client.SendAsync(request);
                    return await Description.OfAsync(await client.SendAsync(request));
                }

            case "unsizedOnHttp10":
                using (var request = new HttpRequestMessage(HttpMethod.Post, uri) { Version = HttpVersion.Version10 })
                {
                    request.Content = new StreamContent(new CountingStream(new byte[10]));
                    return await Description.OfAsync(await client.SendAsync(request));
                }
        }

        return await Description.OfAsync(await client.GetAsync(uri));
    }
}
