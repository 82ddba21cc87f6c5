using System.Text;
using System.Text.Json;
using Nexus.Backend.Ingress.ApiGateway;

namespace Nexus.Backend.Tests.ApiGateway;

/// <summary>A request with something of everything.</summary>
internal static class ApiSamples
{
    public static ApiRequest Request { get; } =
        new()
        {
            Method = "POST",
            RawPath = "/orders/a%20b",
            RawQuery = "x=1&x=2&name=J%C3%BCrgen+K&flag",
            Headers =
            [
                new("Host", "api.example.com"),
                new("User-Agent", "curl/8.0"),
                new("X-Many", "one"),
                new("x-many", "two"),
                new("Cookie", "a=1; b=2"),
                new("Content-Type", "application/json; charset=utf-8"),
            ],
            Body = """{"hello":"wörld"}"""u8.ToArray(),
            SourceIp = "192.0.2.1",
            RequestId = "request-1",
            Time = new DateTimeOffset(2024, 4, 9, 14, 34, 56, TimeSpan.FromHours(2)),
        };

    public static ApiRoute Route { get; } =
        new()
        {
            Stage = "prod",
            Resource = "/orders/{id}",
            RouteKey = "POST /orders/{id}",
            PathParameters = new Dictionary<string, string> { ["id"] = "a b" },
        };

    public static JsonElement Parse(byte[] json) => JsonDocument.Parse(json).RootElement;

    public static string Text(this JsonElement json, params string[] path) =>
        path.Aggregate(json, static (at, name) => at.GetProperty(name)).ToString();

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this ApiResponse response) => Encoding.UTF8.GetString(response.Body.Span);

    public static string Headers(this ApiResponse response) =>
        string.Join('\n', response.Headers.Select(static header => $"{header.Key}: {header.Value}"));
}
