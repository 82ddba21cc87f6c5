using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nexus.Backend.Instances;
using Nexus.Backend.Metrics;
using Nexus.Diagnostics;

namespace Nexus.Backend.Ingress;

/// <summary>
/// The Lambda Invoke API: <c>POST /2015-03-31/functions/{name}/invocations</c>, so that any Lambda client can invoke
/// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
/// </summary>
internal sealed class InvokeEndpoint(IReadOnlyDictionary<string, FunctionPool> functions, AsyncInvocations events, NexusMetrics metrics)
{
    /// <summary>Kestrel's own limit; somewhat above the API's, which answers in Lambda's own words.</summary>
    public const long MostRequestBytes = Invocation.MaxPayloadBytes + (1024 * 1024);

    private const int MostEventBytes = 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/2015-03-31/functions/{name}/invocations", (HttpContext context, string name) => InvokeAsync(context, name));

    private async Task InvokeAsync(HttpContext context, string name)
    {
        var requestId = Guid.NewGuid().ToString();
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        try
        {
            await InvokeAsync(context, FindPool(name), requestId).ConfigureAwait(false);
        }
        catch (ApiException refusal)
        {
            await refusal.WriteAsync(context.Response).ConfigureAwait(false);
        }
        catch (NexusException failure)
        {
            await new ApiException(StatusCodes.Status503ServiceUnavailable, "ServiceException", failure.Message)
                .WriteAsync(context.Response)
                .ConfigureAwait(false);
        }
    }

    private async Task InvokeAsync(HttpContext context, FunctionPool pool, string requestId)
    {
        var kind = context.Request.Headers["X-Amz-Invocation-Type"].ToString();
        var payload = await ReadPayloadAsync(context.Request, kind == "Event" ? MostEventBytes : Invocation.MaxPayloadBytes, kind)
            .ConfigureAwait(false);
        var invocation = new Invocation
        {
            RequestId = requestId,
            Payload = payload,
            FunctionArn = pool.Function.Arn,
            TraceId = context.Request.Headers["X-Amzn-Trace-Id"].ToString(),
            ClientContext = DecodeClientContext(context.Request.Headers["X-Amz-Client-Context"].ToString()),
            WantsLogTail = context.Request.Headers["X-Amz-Log-Type"] == "Tail",
        };
        switch (kind)
        {
            case "" or "RequestResponse":
                await AnswerAsync(context.Response, pool, invocation).ConfigureAwait(false);
                break;
            case "Event":
                events.Accept(pool, invocation);
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            case "DryRun":
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                throw new ApiException(
                    StatusCodes.Status400BadRequest,
                    "InvalidParameterValueException",
                    $"Unknown invocation type '{kind}'."
                );
        }
    }

    private async Task AnswerAsync(HttpResponse response, FunctionPool pool, Invocation invocation)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await pool.InvokeAsync(invocation).ConfigureAwait(false);
        var outcome =
            result is null ? "throttled"
            : result.FunctionError is null ? "ok"
            : "error";
        metrics.Invocation(pool.Function.Name, outcome, Stopwatch.GetElapsedTime(started));
        if (result is null)
        {
            throw new ApiException(StatusCodes.Status429TooManyRequests, "TooManyRequestsException", "Rate Exceeded.");
        }

        response.Headers["X-Amz-Executed-Version"] = "$LATEST";
        if (result.FunctionError is not null)
        {
            response.Headers["X-Amz-Function-Error"] = result.FunctionError;
        }

        if (result.LogTail is not null)
        {
            response.Headers["X-Amz-Log-Result"] = Convert.ToBase64String(result.LogTail);
        }

        response.ContentType = "application/json";
        response.ContentLength = result.Payload.Length;
        await response.BodyWriter.WriteAsync(result.Payload).ConfigureAwait(false);
    }

    /// <summary>The name alone, <c>name:qualifier</c> or an ARN.</summary>
    private FunctionPool FindPool(string name)
    {
        var plain = name.Contains(":function:", StringComparison.Ordinal)
            ? name[(name.IndexOf(":function:", StringComparison.Ordinal) + 10)..]
            : name;
        plain = plain.Split(':')[0];
        return functions.GetValueOrDefault(plain)
            ?? throw new ApiException(StatusCodes.Status404NotFound, "ResourceNotFoundException", $"Function not found: {name}");
    }

    private static async Task<byte[]> ReadPayloadAsync(HttpRequest request, int limit, string kind)
    {
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 4096, 256, limit + 1));
        while (true)
        {
            var read = await request.BodyReader.ReadAsync().ConfigureAwait(false);
            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > limit)
            {
                throw new ApiException(
                    StatusCodes.Status413PayloadTooLarge,
                    "RequestEntityTooLargeException",
                    $"{request.ContentLength ?? body.WrittenCount} byte payload is too large for the {(kind.Length > 0 ? kind : "RequestResponse")} invocation type (limit {limit} bytes)"
                );
            }

            if (read.IsCompleted)
            {
                break;
            }
        }

        if (body.WrittenCount == 0)
        {
            return "{}"u8.ToArray();
        }

        RequireJson(body.WrittenSpan);
        return body.WrittenSpan.ToArray();
    }

    private static void RequireJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                // Reading to the end is the check.
            }
        }
        catch (JsonException wrong)
        {
            throw new ApiException(
                StatusCodes.Status400BadRequest,
                "InvalidRequestContentException",
                $"Could not parse request body into json: {wrong.Message}"
            );
        }
    }

    private static string DecodeClientContext(string header)
    {
        if (header.Length == 0)
        {
            return "";
        }

        var bytes = new byte[header.Length];
        return Convert.TryFromBase64String(header, bytes, out var written) && written <= 3583
            ? Encoding.UTF8.GetString(bytes, 0, written)
            : throw new ApiException(
                StatusCodes.Status400BadRequest,
                "InvalidRequestContentException",
                "Client context must be valid Base64-encoded JSON of at most 3583 bytes."
            );
    }
}
