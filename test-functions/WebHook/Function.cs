using System.Text;
using System.Text.Json;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace WebHook;

/// <summary>Answers requests behind API Gateway, whose events it reads in both formats.</summary>
public class Function
{
    public HookAnswer FunctionHandler(JsonElement request, ILambdaContext context)
    {
        var isHttpApi = request.TryGetProperty("version", out var version) && version.GetString() == "2.0";
        var path = request.GetProperty(isHttpApi ? "rawPath" : "path").GetString()!;
        var method = isHttpApi
            ? request.GetProperty("requestContext").GetProperty("http").GetProperty("method").GetString()
            : request.GetProperty("httpMethod").GetString();
        return path switch
        {
            "/binary" => new HookAnswer
            {
                Headers = new() { ["content-type"] = "application/octet-stream" },
                Body = Convert.ToBase64String([0, 255, 10, 13]),
                IsBase64Encoded = true,
            },
            "/cookies" when isHttpApi => new HookAnswer { Cookies = ["a=1", "b=2"] },
            "/cookies" => new HookAnswer { MultiValueHeaders = new() { ["Set-Cookie"] = ["a=1", "b=2"] } },
            "/throw" => throw new InvalidOperationException("not for the caller's eyes"),
            _ => new HookAnswer
            {
                StatusCode = 201,
                Headers = new() { ["content-type"] = "text/plain", ["x-method"] = method! },
                Body = $"{path} {Query(request, isHttpApi)} {Body(request)}",
            },
        };
    }

    private static string Query(JsonElement request, bool isHttpApi) =>
        isHttpApi ? request.GetProperty("rawQueryString").GetString()!
        : request.GetProperty("queryStringParameters") is { ValueKind: JsonValueKind.Object } parameters
            ? string.Join('&', parameters.EnumerateObject().Select(static one => $"{one.Name}={one.Value}"))
        : "";

    private static string Body(JsonElement request)
    {
        if (!request.TryGetProperty("body", out var body) || body.GetString() is not { } text)
        {
            return "nothing";
        }

        return request.GetProperty("isBase64Encoded").GetBoolean()
            ? $"{Convert.FromBase64String(text).Length} bytes"
            : $"{Encoding.UTF8.GetByteCount(text)} of text";
    }
}
