namespace RestCaller;

/// <summary>Calls that are given up.</summary>
internal static class Patience
{
    public static async Task<Dictionary<string, string>> CancelAsync(HttpClient client, Uri uri, int milliseconds)
    {
        using var patience = new CancellationTokenSource(milliseconds);
        return await Description.OfAsync(await client.GetAsync(uri, patience.Token));
    }

    public static async Task<Dictionary<string, string>> CancelBodyAsync(HttpClient client, Uri uri, int milliseconds)
    {
        using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead);
        using var stream = await response.Content.ReadAsStreamAsync();
        using var patience = new CancellationTokenSource(milliseconds);
        var buffer = new byte[1000];
        while (await stream.ReadAsync(buffer, patience.Token) > 0)
        {
            // Until it stalls.
        }

        return new() { ["outcome"] = "ended" };
    }

    public static async Task<Dictionary<string, string>> AlreadyCancelledAsync(HttpClient client, Uri uri) =>
        await Description.OfAsync(await client.GetAsync(uri, new CancellationToken(canceled: true)));

    public static async Task<Dictionary<string, string>> TimeoutAsync(Uri uri, int milliseconds)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(milliseconds) };
        return await Description.OfAsync(await client.GetAsync(uri));
    }

    public static async Task<Dictionary<string, string>> BufferAsync(Uri uri, int most)
    {
        using var client = new HttpClient { MaxResponseContentBufferSize = most };
        return await Description.OfAsync(await client.GetAsync(uri));
    }
}
