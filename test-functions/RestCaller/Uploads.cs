using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace RestCaller;

/// <summary>Requests with a body.</summary>
internal static class Uploads
{
    public static async Task<Dictionary<string, string>> PostAsync(HttpClient client, Uri uri, string kind, int amount)
    {
        using var content = Content(kind, amount);
        return await Description.OfAsync(await client.PostAsync(uri, content));
    }

    /// <summary>Waits for the service's word before it sends, and tells whether the body was asked for.</summary>
    public static async Task<Dictionary<string, string>> ExpectAsync(HttpClient client, Uri uri, int amount)
    {
        var source = new CountingStream(new byte[amount]);
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StreamContent(source) };
        request.Headers.ExpectContinue = true;
        var told = await Description.OfAsync(await client.SendAsync(request));
        told["read"] = source.BytesRead.ToString(CultureInfo.InvariantCulture);
        return told;
    }

    public static async Task<Dictionary<string, string>> WrongLengthAsync(HttpClient client, Uri uri, int announced)
    {
        using var content = new StreamContent(new MemoryStream(new byte[100]));
        content.Headers.ContentLength = announced;
        return await Description.OfAsync(await client.PostAsync(uri, content));
    }

    public static async Task<Dictionary<string, string>> BrokenContentAsync(HttpClient client, Uri uri, string kind)
    {
        Exception failure = kind switch
        {
            "io" => new IOException("The disk is gone."),
            "invalid" => new InvalidOperationException("Not now."),
            "canceled" => new OperationCanceledException("Changed my mind."),
            _ => new ArgumentException("Something else."),
        };
        using var content = new StreamContent(new FailingStream(50_000, failure));
        return await Description.OfAsync(await client.PostAsync(uri, content));
    }

    public static async Task<Dictionary<string, string>> HeadersAsync(HttpClient client, Uri uri, string kind)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        switch (kind)
        {
            case "unicode":
                request.Headers.TryAddWithoutValidation("X-Name", "Grüße");
                break;
            case "newline":
                request.Headers.TryAddWithoutValidation("X-Name", "a\r\nX-Injected: b");
                break;
            case "upgrade":
                request.Headers.Add("Upgrade", "websocket");
                break;
            case "otherHost":
                request.Headers.Host = "elsewhere.example";
                break;
            case "host":
                request.Headers.Host = $"{uri.Host}:{uri.Port}";
                break;
            case "close":
                request.Headers.ConnectionClose = true;
                break;
            case "chunkedWithoutContent":
                request.Headers.TransferEncodingChunked = true;
                break;
            case "cookie":
                request.Headers.Add("Cookie", "own=1");
                break;
        }

        return await Description.OfAsync(await client.SendAsync(request));
    }

    private static HttpContent Content(string kind, int amount)
    {
        switch (kind)
        {
            case "empty":
                return new ByteArrayContent([]);
            case "string":
                return new StringContent(new string('s', amount), Encoding.UTF8, "text/plain");
            case "form":
                return new FormUrlEncodedContent(new Dictionary<string, string> { ["a"] = "1 2", ["b"] = "ü&" });
            case "json":
                return JsonContent.Create(new { name = "value", number = amount });
            case "stream":
                return new StreamContent(new MemoryStream(new byte[amount]));
            case "unknownLength":
                return new StreamContent(new CountingStream(new byte[amount]));
            case "memory":
                return new ReadOnlyMemoryContent(new byte[amount]);
            case "multipart":
                var parts = new MultipartFormDataContent("boundary-1");
                parts.Add(new StringContent("one"), "first");
                parts.Add(new ByteArrayContent(new byte[amount]), "second", "file.bin");
                return parts;
            case "coded":
                var coded = new ByteArrayContent(new byte[amount]);
                coded.Headers.ContentEncoding.Add("identity");
                coded.Headers.ContentLanguage.Add("de");
                coded.Headers.ContentType = new MediaTypeHeaderValue("application/x-test");
                return coded;
            default:
                return null!;
        }
    }
}
