using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Nexus.Backend.Ingress;

/// <summary>An answer of the Invoke API that is not the function's: status, error type and message as AWS clients expect them.</summary>
internal sealed class ApiException(int status, string type, string message) : Exception(message)
{
    public async Task WriteAsync(HttpResponse response)
    {
        if (response.HasStarted)
        {
            return;
        }

        response.StatusCode = status;
        response.Headers["x-amzn-ErrorType"] = type;
        response.ContentType = "application/json";
        var body = new Dictionary<string, string> { ["Type"] = status < 500 ? "User" : "Service", ["Message"] = Message };
        await response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body)).ConfigureAwait(false);
    }
}
