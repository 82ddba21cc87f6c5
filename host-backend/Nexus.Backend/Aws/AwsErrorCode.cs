using System.Text;
using System.Text.Json;

namespace Nexus.Backend.Aws;

/// <summary>Finds a service's error code without reading the whole answer.</summary>
public static class AwsErrorCode
{
    /// <summary>Bytes of a body that are looked at.</summary>
    public const int PrefixSize = 2048;

    /// <summary>From <c>x-amzn-ErrorType</c> or <c>x-amzn-query-error</c>; null if neither is there.</summary>
    public static string? FromHeaders(IReadOnlyList<AwsHeader> headers)
    {
        string? type = null;
        foreach (AwsHeader header in headers)
        {
            if (header.Name.Equals("x-amzn-query-error", StringComparison.OrdinalIgnoreCase))
            {
                return header.Value.Split(';')[0].Trim();
            }
            if (header.Name.Equals("x-amzn-ErrorType", StringComparison.OrdinalIgnoreCase))
            {
                type = Plain(header.Value);
            }
        }
        return type;
    }

    /// <summary>From JSON's <c>__type</c> or <c>code</c>, or XML's first <c>&lt;Code&gt;</c>; the text may be cut off anywhere.</summary>
    public static string? FromBody(ReadOnlySpan<byte> prefix)
    {
        ReadOnlySpan<byte> trimmed = prefix.TrimStart(" \t\r\n\uFEFF"u8);
        if (trimmed.StartsWith("{"u8))
        {
            return FromJson(trimmed);
        }
        int start = trimmed.IndexOf("<Code>"u8);
        if (start < 0)
        {
            return null;
        }
        ReadOnlySpan<byte> code = trimmed[(start + 6)..];
        int end = code.IndexOf((byte)'<');
        return end < 0 ? null : Encoding.UTF8.GetString(code[..end]).Trim();
    }

    private static string? FromJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }
                bool isCode = reader.ValueTextEquals("__type"u8) || reader.ValueTextEquals("code"u8) || reader.ValueTextEquals("Code"u8);
                if (isCode && reader.Read() && reader.TokenType == JsonTokenType.String)
                {
                    return Plain(reader.GetString()!);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON after all: the status decides.
        }
        return null;
    }

    /// <summary><c>com.amazonaws#Code:http://...</c> is <c>Code</c>.</summary>
    private static string Plain(string type)
    {
        int colon = type.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? type : type[..colon];
        return name[(name.LastIndexOf('#') + 1)..].Trim();
    }
}
