using System.Net;

namespace Nexus.Guest.Http;

/// <summary>Follows redirects as the library does, each hop a call of its own that the backend checks anew.</summary>
internal sealed class Redirects(HandlerSettings settings, HttpExchange exchange)
{
    private readonly Authentication _authentication = new(settings, exchange);

    public async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool async, CancellationToken cancellation)
    {
        var response = await _authentication.SendAsync(request, async, cancellation).ConfigureAwait(false);
        if (!settings.AllowAutoRedirect)
        {
            return response;
        }

        for (var hops = 0; hops < settings.MaxAutomaticRedirections && Target(request.RequestUri!, response) is { } target; hops++)
        {
            response.Dispose();
            request.Headers.Authorization = null;
            request.RequestUri = target;
            if (BecomesGet(response.StatusCode, request.Method))
            {
                request.Method = HttpMethod.Get;
                request.Content = null;
                if (request.Headers.TransferEncodingChunked == true)
                {
                    request.Headers.TransferEncodingChunked = false;
                }
            }

            // Credentials that are not tied to a place must not go wherever a service points.
            response = settings.Credentials is null or CredentialCache
                ? await _authentication.SendAsync(request, async, cancellation).ConfigureAwait(false)
                : await exchange.SendAsync(request, async, cancellation).ConfigureAwait(false);
        }

        return response;
    }

    private static Uri? Target(Uri from, HttpResponseMessage response)
    {
        var redirects =
            response.StatusCode
            is HttpStatusCode.MultipleChoices
                or HttpStatusCode.Moved
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect;
        if (!redirects || response.Headers.Location is not { } location)
        {
            return null;
        }

        if (!location.IsAbsoluteUri)
        {
            location = new Uri(from, location);
        }

        // RFC 9110, 10.2.2: the fragment is inherited.
        if (from.Fragment.Length > 0 && location.Fragment.Length == 0)
        {
            location = new UriBuilder(location) { Fragment = from.Fragment }.Uri;
        }

        return from.Scheme == Uri.UriSchemeHttps && location.Scheme != Uri.UriSchemeHttps ? null : location;
    }

    private static bool BecomesGet(HttpStatusCode status, HttpMethod method) =>
        status switch
        {
            HttpStatusCode.MultipleChoices or HttpStatusCode.Moved or HttpStatusCode.Found => method == HttpMethod.Post,
            HttpStatusCode.SeeOther => method != HttpMethod.Get && method != HttpMethod.Head,
            _ => false,
        };
}
