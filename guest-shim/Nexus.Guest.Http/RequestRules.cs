namespace Nexus.Guest.Http;

/// <summary>What the library looks at before it makes a connection.</summary>
internal static class RequestRules
{
    /// <summary>
    /// Whether the library itself would send the request. One it would not is given to the program's own handler, which then says so in its own words without ever
    /// reaching for the network.
    /// </summary>
    public static bool IsSendable(HttpRequestMessage request, bool async) =>
        request.Version.Major > 0
        && request.RequestUri is { IsAbsoluteUri: true, Scheme: "http" or "https" }
        && !(request.Headers.TransferEncodingChunked == true && (request.Content is null || request.Version is { Major: 1, Minor: 0 }))
        && !(IsUnsizedOnHttp10(request))
        && (async || (request.Version.Major < 2 && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrHigher));

    /// <summary>Decides how the body is delimited, as the library does, on the request itself.</summary>
    public static void Normalize(HttpRequestMessage request)
    {
        if (request.Content is { } content)
        {
            if (request.Headers.TransferEncodingChunked == true)
            {
                content.Headers.ContentLength = null;
            }
            else if (content.Headers.ContentLength is null)
            {
                request.Headers.TransferEncodingChunked = true;
            }
        }

        if (request.Version is { Major: 1, Minor: 0 } && request.Headers.ExpectContinue == true)
        {
            request.Headers.ExpectContinue = false;
        }
    }

    private static bool IsUnsizedOnHttp10(HttpRequestMessage request) =>
        request.Version is { Major: 1, Minor: 0 } && request.Content is { Headers.ContentLength: null };
}
