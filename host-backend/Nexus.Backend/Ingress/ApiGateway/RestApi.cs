using System.Text;
using System.Text.Json;

namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>
/// Lambda proxy integration of REST APIs, payload format 1.0
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
/// </summary>
public static class RestApi
{
    /// <summary>The event for a request, as JSON.</summary>
    public static byte[] Event(ApiRequest request, ApiRoute route) =>
        ApiJson.Write(json =>
        {
            var path = Uri.UnescapeDataString(request.RawPath);
            var isBinary = IsBinary(request.Header("Content-Type"), route.BinaryMediaTypes);
            json.WriteString("resource", route.Resource);
            json.WriteString("path", path);
            json.WriteString("httpMethod", request.Method);
            var headers = request.Headers.GroupBy(
                static header => header.Key,
                static header => header.Value,
                StringComparer.OrdinalIgnoreCase
            );
            json.WriteMap("headers", headers.Select(static list => KeyValuePair.Create(list.Key, list.Last())));
            json.WriteLists("multiValueHeaders", headers);
            var query = ApiQuery
                .Parse(request.RawQuery)
                .GroupBy(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal)
                .ToList();
            json.WriteMap("queryStringParameters", query.Select(static list => KeyValuePair.Create(list.Key, list.Last())));
            json.WriteLists("multiValueQueryStringParameters", query);
            json.WriteMap("pathParameters", route.PathParameters);
            json.WriteMap("stageVariables", route.StageVariables);
            WriteContext(json, request, route, path);
            if (request.Body.IsEmpty)
            {
                json.WriteNull("body");
            }
            else
            {
                json.WriteString("body", isBinary ? Convert.ToBase64String(request.Body.Span) : Encoding.UTF8.GetString(request.Body.Span));
            }

            json.WriteBoolean("isBase64Encoded", isBinary && !request.Body.IsEmpty);
        });

    /// <summary>The answer for a function's result. One that is not in the integration's form is status 502.</summary>
    /// <param name="result">What the function returned, as JSON.</param>
    /// <param name="isError">Whether the function failed.</param>
    public static ApiResponse Response(ReadOnlyMemory<byte> result, bool isError)
    {
        if (isError)
        {
            return Malformed();
        }

        try
        {
            using var json = JsonDocument.Parse(result);
            return Read(json.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return Malformed();
        }
    }

    private static ApiResponse Malformed() => ApiResponse.Failure(502, "Internal server error");

    private static ApiResponse Read(JsonElement root)
    {
        var status = root.GetProperty("statusCode") is { ValueKind: JsonValueKind.String } text
            ? int.Parse(text.GetString()!, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture)
            : root.GetProperty("statusCode").GetInt32();
        if (status is < 100 or > 599)
        {
            throw new FormatException($"status {status}");
        }

        var headers = new List<KeyValuePair<string, string>>();
        foreach (var list in ApiResult.Object(root, "multiValueHeaders"))
        {
            foreach (var value in list.Value.EnumerateArray())
            {
                Add(list.Name, ApiResult.Text(value));
            }
        }

        foreach (var header in ApiResult.Object(root, "headers"))
        {
            // Both are merged; what is in both counts once.
            var value = ApiResult.Text(header.Value);
            if (!headers.Exists(had => had.Key.Equals(header.Name, StringComparison.OrdinalIgnoreCase) && had.Value == value))
            {
                Add(header.Name, value);
            }
        }

        if (!headers.Exists(static header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
        {
            headers.Add(new("Content-Type", "application/json"));
        }

        return new ApiResponse(status, headers, ApiResponse.Decode(ApiResult.Body(root), ApiResult.Flag(root, "isBase64Encoded")));

        void Add(string name, string value)
        {
            if (ApiResponse.IsSendable(name, value))
            {
                headers.Add(new(name, value));
            }
        }
    }

    private static void WriteContext(Utf8JsonWriter json, ApiRequest request, ApiRoute route, string path)
    {
        json.WriteStartObject("requestContext");
        json.WriteString("accountId", route.AccountId);
        json.WriteString("apiId", route.ApiId);
        var host = request.Header("Host") ?? "";
        json.WriteString("domainName", host);
        json.WriteString("domainPrefix", host.Split('.')[0]);
        json.WriteString("extendedRequestId", request.RequestId);
        json.WriteString("httpMethod", request.Method);
        json.WriteStartObject("identity");
        json.WriteString("sourceIp", request.SourceIp);
        json.WriteString("userAgent", request.Header("User-Agent"));
        json.WriteEndObject();
        json.WriteString("path", route.Stage == "$default" ? path : $"/{route.Stage}{path}");
        json.WriteString("protocol", request.Protocol);
        json.WriteString("requestId", request.RequestId);
        json.WriteString("requestTime", ApiJson.Time(request.Time));
        json.WriteNumber("requestTimeEpoch", request.Time.ToUnixTimeMilliseconds());
        json.WriteString("resourcePath", route.Resource);
        json.WriteString("stage", route.Stage);
        json.WriteEndObject();
    }

    private static bool IsBinary(string? contentType, IReadOnlyList<string> binary)
    {
        var type = contentType?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        return binary.Any(entry =>
            entry is "*/*"
            || entry.Equals(type, StringComparison.OrdinalIgnoreCase)
            || (entry.EndsWith("/*", StringComparison.Ordinal) && type.StartsWith(entry[..^1], StringComparison.OrdinalIgnoreCase))
        );
    }
}
