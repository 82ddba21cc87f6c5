using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nexus.Backend.Ingress.ApiGateway;
using Nexus.Backend.Instances;
using Nexus.Diagnostics;

namespace Nexus.Backend.Ingress.Lambda;

/// <summary>Answers requests by a Lambda handler, which sees an event of API Gateway and answers in its shape.</summary>
/// <param name="pool">The handler's.</param>
/// <param name="isRest">Payload <c>rest-v1</c>; otherwise <c>http-v2</c>.</param>
internal sealed class LambdaTarget(FunctionPool pool, bool isRest) : IRouteTarget
{
    public async Task AnswerAsync(IFeatureCollection features, string scheme)
    {
        // Off the thread that waits for callers: events are parsed and instances are started.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (await ReadBodyAsync(features).ConfigureAwait(false) is not { } body)
        {
            await WriteAsync(features, ApiResponse.Failure(StatusCodes.Status413PayloadTooLarge, "Request Too Long")).ConfigureAwait(false);
            return;
        }

        await WriteAsync(features, await InvokeAsync(Request(features, body)).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task<ApiResponse> InvokeAsync(ApiRequest request)
    {
        var route = isRest ? RestRoute(request.RawPath) : new ApiRoute();
        var invocation = new Invocation
        {
            RequestId = request.RequestId,
            Payload = isRest ? RestApi.Event(request, route) : HttpApi.Event(request, route),
            FunctionArn = pool.Function.Arn,
        };
        try
        {
            if (await pool.InvokeAsync(invocation).ConfigureAwait(false) is not { } result)
            {
                return ApiResponse.Failure(StatusCodes.Status429TooManyRequests, "Too Many Requests");
            }

            var isError = result.FunctionError is not null;
            return isRest ? RestApi.Response(result.Payload, isError) : HttpApi.Response(result.Payload, isError);
        }
        catch (NexusException failure)
        {
            return ApiResponse.Failure(StatusCodes.Status503ServiceUnavailable, failure.Message);
        }
    }

    /// <summary>The route that takes everything, as API Gateway names it.</summary>
    private static ApiRoute RestRoute(string path) =>
        new() { PathParameters = new Dictionary<string, string> { ["proxy"] = Uri.UnescapeDataString(path.TrimStart('/')) } };

    private static ApiRequest Request(IFeatureCollection features, byte[] body)
    {
        var request = features.Get<IHttpRequestFeature>()!;
        var question = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        return new ApiRequest
        {
            Method = request.Method,
            RawPath = question < 0 ? request.RawTarget : request.RawTarget[..question],
            RawQuery = question < 0 ? "" : request.RawTarget[(question + 1)..],
            Headers =
            [
                .. request.Headers.SelectMany(static header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? ""))),
            ],
            Body = body,
            SourceIp = features.Get<IHttpConnectionFeature>()?.RemoteIpAddress?.ToString() ?? "127.0.0.1",
            Protocol = request.Protocol,
            RequestId = Guid.NewGuid().ToString(),
            Time = DateTimeOffset.UtcNow,
        };
    }

    /// <summary>Null when it is longer than an event may be.</summary>
    private static async Task<byte[]?> ReadBodyAsync(IFeatureCollection features)
    {
        var body = new ArrayBufferWriter<byte>();
        var reader = features.Get<IRequestBodyPipeFeature>()!.Reader;
        while (true)
        {
            var read = await reader.ReadAsync().ConfigureAwait(false);
            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > Invocation.MaxPayloadBytes)
            {
                return null;
            }

            if (read.IsCompleted)
            {
                return body.WrittenSpan.ToArray();
            }
        }
    }

    private static async Task WriteAsync(IFeatureCollection features, ApiResponse answer)
    {
        var response = features.Get<IHttpResponseFeature>()!;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        if (!HttpMethods.IsHead(features.Get<IHttpRequestFeature>()!.Method))
        {
            response.Headers.ContentLength = answer.Body.Length;
            await features.Get<IHttpResponseBodyFeature>()!.Writer.WriteAsync(answer.Body).ConfigureAwait(false);
        }
    }
}
