using System.Text.Json;

namespace Nexus.Guest.Host.Lambda;

/// <summary>What a mobile client says about itself: <c>{"client":{..},"custom":{..},"env":{..}}</c>.</summary>
internal sealed class ClientContextData
{
    public ClientApplicationData? Client { get; private init; }

    public IDictionary<string, string>? Custom { get; private init; }

    public IDictionary<string, string>? Environment { get; private init; }

    public static ClientContextData Parse(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return new ClientContextData();
        }
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new ClientContextData
        {
            Client = root.TryGetProperty("client", out var client) ? ClientApplicationData.Parse(client) : null,
            Custom = root.TryGetProperty("custom", out var custom) ? Map(custom) : null,
            Environment = root.TryGetProperty("env", out var environment) ? Map(environment) : null,
        };
    }

    private static Dictionary<string, string>? Map(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        var map = new Dictionary<string, string>();
        foreach (var property in element.EnumerateObject())
        {
            map[property.Name] = property.Value.ToString();
        }
        return map;
    }
}
