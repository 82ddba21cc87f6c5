using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>What both kinds of events are written with.</summary>
internal static class ApiJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>As access logs write it: <c>09/Apr/2015:12:34:56 +0000</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";

    /// <summary>A map, or null for none.</summary>
    public static void WriteMap(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        if (!pairs.Any())
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    /// <summary>A map of lists, or null for none.</summary>
    public static void WriteLists(this Utf8JsonWriter json, string name, IEnumerable<IGrouping<string, string>> lists)
    {
        if (!lists.Any())
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        foreach (var list in lists)
        {
            json.WriteStartArray(list.Key);
            foreach (var value in list)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
