using Amazon.Runtime;

namespace Orders;

/// <summary>How DynamoDB answered, for the access log.</summary>
public record ServiceCall(int HttpStatus, long ContentLength, string RequestId, string? Checksum)
{
    public static ServiceCall From(AmazonWebServiceResponse response) =>
        new(
            (int)response.HttpStatusCode,
            response.ContentLength,
            response.ResponseMetadata.RequestId,
            response.ResponseMetadata.ChecksumValidationStatus.ToString()
        );
}
