namespace RestCaller;

/// <summary>A client that a factory makes.</summary>
internal sealed class TypedClient(HttpClient client)
{
    public async Task<Dictionary<string, string>> CallAsync(string path) => await Description.OfAsync(await client.GetAsync(path));
}
