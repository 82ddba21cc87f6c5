namespace WebHook;

/// <summary>What API Gateway makes an HTTP response of.</summary>
public sealed record HookAnswer
{
    public int StatusCode { get; init; } = 200;

    public Dictionary<string, string>? Headers { get; init; }

    /// <summary>Payload 1.0 only.</summary>
    public Dictionary<string, string[]>? MultiValueHeaders { get; init; }

    /// <summary>Payload 2.0 only.</summary>
    public string[]? Cookies { get; init; }

    public string? Body { get; init; }

    public bool IsBase64Encoded { get; init; }
}
