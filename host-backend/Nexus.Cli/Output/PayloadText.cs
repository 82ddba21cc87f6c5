using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nexus.Cli.Output;

/// <summary>Results of functions inside JSON output.</summary>
internal static class PayloadText
{
    /// <summary>The payload as JSON; what is not JSON, as a text.</summary>
    public static JsonNode? ToJson(ReadOnlySpan<byte> payload)
    {
        try
        {
            return payload.IsEmpty ? null : JsonNode.Parse(payload, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 });
        }
        catch (JsonException)
        {
            return JsonValue.Create(Encoding.UTF8.GetString(payload));
        }
    }
}
