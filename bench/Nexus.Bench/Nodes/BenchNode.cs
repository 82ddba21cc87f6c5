using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Nexus.Bench.Nodes;

/// <summary>A running <see cref="NodeProgram"/>; ended when disposed, and by itself when this process dies.</summary>
internal sealed class BenchNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private BenchNode(Process process, Uri address)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(3) };
    }

    /// <summary>Id of the backend's process, for accounting of CPU and memory.</summary>
    public int ProcessId => _process.Id;

    /// <param name="functions">What it serves.</param>
    /// <param name="environment">Endpoints and credentials; only the backend gets them.</param>
    public static async Task<BenchNode> StartAsync(IEnumerable<NodeFunction> functions, IReadOnlyDictionary<string, string> environment)
    {
        var process = Self.Start("node", environment);
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(functions));
        await process.StandardInput.FlushAsync();
        var address = await Self.ReadAddressAsync(process, NodeProgram.ListenPrefix);
        return new BenchNode(process, address);
    }

    /// <returns>The function's answer.</returns>
    /// <exception cref="BenchException">The invocation failed; the message holds the function's error.</exception>
    public async Task<string> InvokeAsync(string function, string payload, CancellationToken cancellation = default)
    {
        using var content = new StringContent(payload);
        using var response = await _client.PostAsync(
            new Uri($"2015-03-31/functions/{function}/invocations", UriKind.Relative),
            content,
            cancellation
        );
        var answer = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode && !response.Headers.Contains("X-Amz-Function-Error")
            ? answer
            : throw new BenchException($"{function} failed through Nexus with {(int)response.StatusCode}: {answer}");
    }

    /// <summary>The process of the function's only instance.</summary>
    public async Task<int> GuestAsync(string function) =>
        (await StatusAsync()).Instance(function).Process
        ?? throw new BenchException($"the instance of {function} ended after its first call");

    /// <summary>Its metrics, in Prometheus's text form.</summary>
    public Task<string> MetricsAsync() => _client.GetStringAsync(new Uri("metrics", UriKind.Relative));

    public async Task<NodeStatus> StatusAsync() =>
        (await _client.GetFromJsonAsync<NodeStatus>("nexus/functions", JsonSerializerOptions.Web))!;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Self.EndAsync(_process);
    }
}
