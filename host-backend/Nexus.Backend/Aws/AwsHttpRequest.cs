namespace Nexus.Backend.Aws;

/// <summary>A request ready to be sent.</summary>
public sealed class AwsHttpRequest
{
    public required string Method { get; init; }

    public required AwsEndpoint Endpoint { get; init; }

    /// <summary>Sent as they stand; no Host, no Content-Length.</summary>
    public required IReadOnlyList<AwsHeader> Headers { get; init; }

    /// <summary>Null for none at all; an empty body sends <c>Content-Length: 0</c>.</summary>
    public IAwsBody? Body { get; init; }

    /// <summary>Ask before sending the body, so that a refusal leaves a stream that cannot be replayed untouched.</summary>
    public bool ExpectContinue { get; init; }
}
