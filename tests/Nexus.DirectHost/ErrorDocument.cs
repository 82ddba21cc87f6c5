using System.Text.Json;

namespace Nexus.DirectHost;

/// <summary>Lambda's error document: type, message, stack trace and causes.</summary>
internal static class ErrorDocument
{
    public static byte[] Write(Exception exception)
    {
        var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json, exception);
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Exception exception)
    {
        json.WriteStartObject();
        json.WriteString("errorType", exception.GetType().Name);
        json.WriteString("errorMessage", exception.Message);
        json.WriteStartArray("stackTrace");
        foreach (
            var line in (exception.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
        if (exception.InnerException is { } inner)
        {
            json.WritePropertyName("cause");
            Write(json, inner);
        }

        if (exception is AggregateException { InnerExceptions: var causes })
        {
            json.WriteStartArray("causes");
            foreach (var cause in causes)
            {
                Write(json, cause);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
