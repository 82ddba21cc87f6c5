using System.Net.Http.Headers;
using System.Text;

namespace Nexus.TestKit.Functions;

/// <summary>Runs a function through Nexus: by the Lambda Invoke API of a running backend.</summary>
/// <param name="backend">Serves the function; not disposed with the runner.</param>
/// <param name="name">The function's name in the backend's configuration.</param>
public sealed class NexusRunner(NexusBackend backend, string name) : IFunctionRunner
{
    /// <inheritdoc/>
    public async Task<InvocationOutcome> InvokeAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/2015-03-31/functions/{name}/invocations");
        request.Content = new ReadOnlyMemoryContent(payload);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Amz-Invocation-Type", "RequestResponse");
        request.Headers.Add("X-Amz-Log-Type", "Tail");
        HttpResponseMessage response;
        try
        {
            response = await backend.Client.SendAsync(request, cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw new FunctionException($"The backend did not answer. {backend.Output}", failure);
        }

        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            if (!response.IsSuccessStatusCode)
            {
                throw new FunctionException($"The Invoke API refused with {(int)response.StatusCode}: {Encoding.UTF8.GetString(body)}");
            }

            return new InvocationOutcome(
                body,
                Header(response, "X-Amz-Function-Error"),
                Encoding.UTF8.GetString(Convert.FromBase64String(Header(response, "X-Amz-Log-Result") ?? ""))
            );
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
