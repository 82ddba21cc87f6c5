namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>One HTTP request as an API's event is made of it.</summary>
public sealed record ApiRequest
{
    public required string Method { get; init; }

    /// <summary>The path as it stands on the wire, escaped, with its leading slash.</summary>
    public required string RawPath { get; init; }

    /// <summary>The query as it stands on the wire, without the question mark.</summary>
    public string RawQuery { get; init; } = "";

    /// <summary>One entry for each header line, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Address of the caller.</summary>
    public string SourceIp { get; init; } = "127.0.0.1";

    /// <summary>Such as <c>HTTP/1.1</c>.</summary>
    public string Protocol { get; init; } = "HTTP/1.1";

    public required string RequestId { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The values of a header, joined with a comma; null when it is not there.</summary>
    internal string? Header(string name)
    {
        var values = Headers
            .Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(static header => header.Value);
        return values.Any() ? string.Join(",", values) : null;
    }
}
