using System.Net;
using System.Net.Http.Headers;

namespace Nexus.Guest.Http;

/// <summary>Automatic decompression: asks for the codings the program allows and undoes the last one of the answer.</summary>
internal static class Decompression
{
    private static readonly (DecompressionMethods Method, StringWithQualityHeaderValue Coding)[] Codings =
    [
        (DecompressionMethods.GZip, new("gzip")),
        (DecompressionMethods.Deflate, new("deflate")),
        (DecompressionMethods.Brotli, new("br")),
    ];

    public static void Announce(HttpRequestMessage request, DecompressionMethods allowed)
    {
        foreach (var (method, coding) in Codings)
        {
            if ((allowed & method) != 0 && !request.Headers.AcceptEncoding.Contains(coding))
            {
                request.Headers.AcceptEncoding.Add(coding);
            }
        }
    }

    public static void Apply(HttpResponseMessage response, DecompressionMethods allowed)
    {
        if (allowed == DecompressionMethods.None || response.Content.Headers.ContentEncoding.LastOrDefault() is not { } last)
        {
            return;
        }

        foreach (var (method, coding) in Codings)
        {
            if ((allowed & method) != 0 && last.Equals(coding.Value, StringComparison.OrdinalIgnoreCase))
            {
                response.Content = new DecompressedContent(response.Content, method);
                return;
            }
        }
    }
}
