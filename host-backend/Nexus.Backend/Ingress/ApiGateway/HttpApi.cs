using System.Text;
using System.Text.Json;

namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>
/// Lambda integration of HTTP APIs, payload format 2.0
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
/// </summary>
public static class HttpApi
{
    /// <summary>The event for a request, as JSON.</summary>
    public static byte[] Event(ApiRequest request, ApiRoute route) =>
        ApiJson.Write(json =>
        {
            var rawPath = route.Stage == "$default" ? request.RawPath : $"/{route.Stage}{request.RawPath}";
            json.WriteString("version", "2.0");
            json.WriteString("routeKey", route.RouteKey);
            json.WriteString("rawPath", Uri.UnescapeDataString(rawPath));
            json.WriteString("rawQueryString", request.RawQuery);
            WriteCookies(json, request);
            json.WriteStartObject("headers");
            foreach (
                var list in request
                    .Headers.Where(static header => !IsCookie(header.Key))
                    .GroupBy(static header => header.Key.ToLowerInvariant(), static header => header.Value)
            )
            {
                json.WriteString(list.Key, string.Join(",", list));
            }

            json.WriteEndObject();
            WriteIfAny(json, "queryStringParameters", Joined(ApiQuery.Parse(request.RawQuery)));
            WriteContext(json, request, route, rawPath);
            WriteIfAny(json, "pathParameters", route.PathParameters);
            WriteIfAny(json, "stageVariables", route.StageVariables);
            var isText = IsText(request);
            if (!request.Body.IsEmpty)
            {
                json.WriteString("body", isText ? Encoding.UTF8.GetString(request.Body.Span) : Convert.ToBase64String(request.Body.Span));
            }

            json.WriteBoolean("isBase64Encoded", !request.Body.IsEmpty && !isText);
        });

    /// <summary>The answer for a function's result; one without a status is a body of its own, one in no known form is status 500.</summary>
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
            if (result.IsEmpty)
            {
                return Inferred([]);
            }

            using var json = JsonDocument.Parse(result);
            var root = json.RootElement;
            return root.ValueKind is JsonValueKind.Object && root.TryGetProperty("statusCode", out var status) ? Read(root, status)
                : root.ValueKind is JsonValueKind.String ? Inferred(Encoding.UTF8.GetBytes(root.GetString()!))
                : Inferred(result.ToArray());
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or InvalidOperationException)
        {
            return Malformed();
        }
    }

    private static ApiResponse Malformed() => ApiResponse.Failure(500, "Internal Server Error");

    private static ApiResponse Inferred(byte[] body) => new(200, [new("Content-Type", "application/json")], body);

    private static ApiResponse Read(JsonElement root, JsonElement statusCode)
    {
        var status =
            statusCode.ValueKind is JsonValueKind.String
            && int.TryParse(
                statusCode.GetString(),
                System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : statusCode.GetInt32();
        if (status is < 100 or > 599)
        {
            throw new FormatException($"status {status}");
        }

        var headers = new List<KeyValuePair<string, string>>();
        foreach (var header in ApiResult.Object(root, "headers"))
        {
            var value = ApiResult.Text(header.Value);
            if (ApiResponse.IsSendable(header.Name, value))
            {
                headers.Add(new(header.Name, value));
            }
        }

        if (root.TryGetProperty("cookies", out var cookies) && cookies.ValueKind is not JsonValueKind.Null)
        {
            foreach (var cookie in cookies.EnumerateArray())
            {
                var value = ApiResult.Text(cookie);
                ApiResponse.IsSendable("Set-Cookie", value);
                headers.Add(new("Set-Cookie", value));
            }
        }

        if (!headers.Exists(static header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
        {
            headers.Add(new("Content-Type", "text/plain; charset=utf-8"));
        }

        return new ApiResponse(status, headers, ApiResponse.Decode(ApiResult.Body(root), ApiResult.Flag(root, "isBase64Encoded")));
    }

    private static void WriteContext(Utf8JsonWriter json, ApiRequest request, ApiRoute route, string rawPath)
    {
        json.WriteStartObject("requestContext");
        json.WriteString("accountId", route.AccountId);
        json.WriteString("apiId", route.ApiId);
        var host = request.Header("Host") ?? "";
        json.WriteString("domainName", host);
        json.WriteString("domainPrefix", host.Split('.')[0]);
        json.WriteStartObject("http");
        json.WriteString("method", request.Method);
        json.WriteString("path", Uri.UnescapeDataString(rawPath));
        json.WriteString("protocol", request.Protocol);
        json.WriteString("sourceIp", request.SourceIp);
        json.WriteString("userAgent", request.Header("User-Agent") ?? "");
        json.WriteEndObject();
        json.WriteString("requestId", request.RequestId);
        json.WriteString("routeKey", route.RouteKey);
        json.WriteString("stage", route.Stage);
        json.WriteString("time", ApiJson.Time(request.Time));
        json.WriteNumber("timeEpoch", request.Time.ToUnixTimeMilliseconds());
        json.WriteEndObject();
    }

    private static void WriteCookies(Utf8JsonWriter json, ApiRequest request)
    {
        var cookies = request
            .Headers.Where(static header => IsCookie(header.Key))
            .SelectMany(static header => header.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        if (cookies.Count == 0)
        {
            return;
        }

        json.WriteStartArray("cookies");
        cookies.ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, IReadOnlyCollection<KeyValuePair<string, string>> pairs)
    {
        if (pairs.Count > 0)
        {
            json.WriteMap(name, pairs);
        }
    }

    private static List<KeyValuePair<string, string>> Joined(IEnumerable<KeyValuePair<string, string>> pairs) =>
        [
            .. pairs
                .GroupBy(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal)
                .Select(static list => KeyValuePair.Create(list.Key, string.Join(",", list))),
        ];

    private static bool IsCookie(string name) => name.Equals("Cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>Text goes in as it is; everything else, and what is compressed, in base64.</summary>
    private static bool IsText(ApiRequest request)
    {
        if (request.Header("Content-Encoding") is not null)
        {
            return false;
        }

        var type = request.Header("Content-Type")?.Split(';')[0].Trim().ToLowerInvariant() ?? "";
        return type.StartsWith("text/", StringComparison.Ordinal)
            || type is "application/json" or "application/xml" or "application/javascript"
            || type.EndsWith("+json", StringComparison.Ordinal)
            || type.EndsWith("+xml", StringComparison.Ordinal);
    }
}
