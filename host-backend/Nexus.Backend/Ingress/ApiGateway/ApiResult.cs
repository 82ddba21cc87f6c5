using System.Text.Json;

namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>Parts of a function's result that both kinds of APIs read.</summary>
internal static class ApiResult
{
    /// <summary>The members of an object; none when it is absent or null.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static IReadOnlyList<JsonProperty> Object(JsonElement root, string name) =>
        !root.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? []
        : value.ValueKind is JsonValueKind.Object ? [.. value.EnumerateObject()]
        : throw new FormatException(name);

    /// <summary>A header's value: text, or a number or truth value as text.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static string Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw new FormatException("a header's value"),
        };

    /// <summary>The body; empty when absent or null.</summary>
    /// <exception cref="FormatException">It is no text.</exception>
    public static string Body(JsonElement root) =>
        !root.TryGetProperty("body", out var body) || body.ValueKind is JsonValueKind.Null ? ""
        : body.ValueKind is JsonValueKind.String ? body.GetString()!
        : throw new FormatException("body");

    /// <summary>A truth value; false when absent.</summary>
    public static bool Flag(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True;
}
