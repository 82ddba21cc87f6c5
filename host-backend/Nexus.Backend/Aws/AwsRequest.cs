namespace Nexus.Backend.Aws;

/// <summary>An AWS request as the SDK in the guest marshalled it, before anything secret. Every field is untrusted.</summary>
public sealed class AwsRequest
{
    /// <summary>The SDK's service id, such as <c>DynamoDB</c>.</summary>
    public required string ServiceId { get; init; }

    /// <summary>Such as <c>GetItem</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Such as <c>dynamodb</c>.</summary>
    public required string SigningName { get; init; }

    /// <summary>Such as <c>eu-west-1</c>.</summary>
    public required string SigningRegion { get; init; }

    public required string Method { get; init; }

    /// <summary>Absolute, percent-encoded as it is to be sent.</summary>
    public required string Uri { get; init; }

    /// <summary>Headers of the operation; those of signing, framing and connection are dropped and made anew.</summary>
    public required IReadOnlyList<AwsHeader> Headers { get; init; }

    public IAwsBody Body { get; init; } = AwsMemoryBody.Empty;

    public AwsChecksumAlgorithm Checksum { get; init; }

    /// <summary>Whether the operation asks for Content-MD5.</summary>
    public bool ContentMd5 { get; init; }

    /// <summary>Whether the operation or the user wants the payload left out of the signature; honoured over https.</summary>
    public bool UnsignedPayload { get; init; }

    public AwsAuthScheme AuthScheme { get; init; }
}
