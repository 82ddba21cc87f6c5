using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace RestCaller;

/// <summary>Plain calls of one client.</summary>
internal static class Calls
{
    public static async Task<Dictionary<string, string>> GetAsync(HttpClient client, Uri uri) =>
        await Description.OfAsync(await client.GetAsync(uri));

    public static async Task<Dictionary<string, string>> SendAsync(HttpClient client, Uri uri, string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        request.Headers.UserAgent.ParseAdd("rest-caller/1.0 (test)");
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/plain; q=0.5");
        request.Headers.Add("X-Many", ["one", "two"]);
        request.Headers.TryAddWithoutValidation("x-Odd", "  spaced, value ");
        return await Description.OfAsync(await client.SendAsync(request));
    }

    public static async Task<Dictionary<string, string>> GetStringAsync(HttpClient client, Uri uri) =>
        new() { ["body"] = Description.Short(await client.GetStringAsync(uri)) };

    /// <summary>Reads as it arrives and notes the pieces' sum, not their sizes: those depend on the network.</summary>
    public static async Task<Dictionary<string, string>> StreamAsync(HttpClient client, Uri uri)
    {
        using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead);
        var told = Description.Head(response);
        using var stream = await response.Content.ReadAsStreamAsync();
        using var hash = SHA256.Create();
        var buffer = new byte[10_000];
        long total = 0;
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer)) > 0; total += read)
            {
                hash.TransformBlock(buffer, 0, read, null, 0);
            }

            hash.TransformFinalBlock([], 0, 0);
            told["hash"] = Convert.ToHexString(hash.Hash!)[..16];
        }
        catch (Exception failure)
        {
            told["broken"] = Description.Of(failure);
        }

        told["bytes"] = total.ToString(CultureInfo.InvariantCulture);
        told["stream"] = $"{stream.CanRead} {stream.CanSeek} {stream.CanWrite} {stream.CanTimeout}";
        return told;
    }

    public static async Task<Dictionary<string, string>> CopyAsync(HttpClient client, Uri uri)
    {
        using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead);
        var copy = new MemoryStream();
        await response.Content.CopyToAsync(copy);
        var again = await Description.OfAsync(async () => new() { ["body"] = await response.Content.ReadAsStringAsync() });
        return new()
        {
            ["hash"] = Convert.ToHexString(SHA256.HashData(copy.ToArray()))[..16],
            ["bytes"] = copy.Length.ToString(CultureInfo.InvariantCulture),
            ["again"] = string.Join(';', again.Values),
        };
    }

    public static Task<Dictionary<string, string>> SynchronousAsync(HttpClient client, Uri uri)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent("synchronous") };
        using var response = client.Send(request);
        var told = Description.Head(response);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        told["body"] = Description.Short(reader.ReadToEnd());
        return Task.FromResult(told);
    }

    public static async Task<Dictionary<string, string>> TrailersAsync(HttpClient client, Uri uri, string service)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (service == "h2")
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var before = Description.Fields(response.TrailingHeaders);
        var body = await response.Content.ReadAsStringAsync();
        return new()
        {
            ["before"] = before,
            ["body"] = body,
            ["after"] = Description.Fields(response.TrailingHeaders),
            ["version"] = response.Version.ToString(),
        };
    }

    /// <param name="choice">Version and policy, such as <c>2.0 exact</c>.</param>
    public static async Task<Dictionary<string, string>> VersionAsync(HttpClient client, Uri uri, string choice)
    {
        var parts = choice.Split(' ');
        using var request = new HttpRequestMessage(HttpMethod.Get, uri)
        {
            Version = Version.Parse(parts[0]),
            VersionPolicy = parts[1] switch
            {
                "exact" => HttpVersionPolicy.RequestVersionExact,
                "higher" => HttpVersionPolicy.RequestVersionOrHigher,
                _ => HttpVersionPolicy.RequestVersionOrLower,
            },
        };
        if (parts.Length > 2)
        {
            using var sent = client.Send(request);
            return Description.Head(sent);
        }

        return await Description.OfAsync(await client.SendAsync(request));
    }

    /// <summary>Writes a line only when the one before has come back.</summary>
    public static async Task<Dictionary<string, string>> DuplexAsync(HttpClient client, Uri uri)
    {
        var content = new ConversationContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        // Nothing is sent before the body begins.
        await content.SayAsync("hello\n");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var heard = new StringBuilder();
        for (var line = 0; line < 5; line++)
        {
            await content.SayAsync($"line {line}\n");
            heard.Append(await reader.ReadLineAsync()).Append(';');
        }

        content.Finish();
        return new() { ["heard"] = heard.ToString(), ["rest"] = await reader.ReadToEndAsync() };
    }

    /// <summary>Disposes of the answer in the middle and calls again.</summary>
    public static async Task<Dictionary<string, string>> LeaveAsync(HttpClient client, Uri uri)
    {
        using (var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead))
        {
            using var stream = await response.Content.ReadAsStreamAsync();
            await stream.ReadExactlyAsync(new byte[10]);
        }

        return await GetAsync(client, uri);
    }

    public static async Task<Dictionary<string, string>> ManyAsync(HttpClient client, Uri uri, int count)
    {
        var bodies = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => client.GetByteArrayAsync(uri)));
        return new()
        {
            ["distinct"] = bodies
                .Select(body => Convert.ToHexString(SHA256.HashData(body)))
                .Distinct()
                .Count()
                .ToString(CultureInfo.InvariantCulture),
            ["bytes"] = bodies.Sum(body => body.Length).ToString(CultureInfo.InvariantCulture),
        };
    }
}
