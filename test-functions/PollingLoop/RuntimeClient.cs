using System.Net.Http.Json;

namespace PollingLoop;

/// <summary>The Runtime API as a client sees it.</summary>
internal sealed class RuntimeClient(string address)
{
    private readonly HttpClient _http = new()
    {
        BaseAddress = new Uri($"http://{address}/2018-06-01/runtime/"),
        // The next event may be a long time coming.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public async Task<NextEvent> NextAsync() => new(await _http.GetAsync("invocation/next", HttpCompletionOption.ResponseHeadersRead));

    public async Task<int> PostAsync(string requestId, HttpContent result)
    {
        using var response = await _http.PostAsync($"invocation/{requestId}/response", result);
        return (int)response.StatusCode;
    }

    public async Task<int> FailAsync(string requestId, string type, string message)
    {
        using var response = await _http.PostAsJsonAsync(
            $"invocation/{requestId}/error",
            new Dictionary<string, object>
            {
                ["errorType"] = type,
                ["errorMessage"] = message,
                ["stackTrace"] = Array.Empty<string>(),
            }
        );
        return (int)response.StatusCode;
    }

    public async Task FailInitAsync(string reason)
    {
        using var response = await _http.PostAsJsonAsync(
            "init/error",
            new Dictionary<string, string> { ["errorType"] = "StartFailed", ["errorMessage"] = reason }
        );
        response.EnsureSuccessStatusCode();
    }
}
