namespace Nexus.Backend.Aws;

/// <summary>Which service and region a signature is for, as the service's endpoint rules name them (<c>dynamodb</c>, <c>eu-west-1</c>).</summary>
public readonly record struct AwsSigningScope(string Service, string Region)
{
    /// <summary>S3 and its relatives take paths as sent, expect the payload hash as a header and accept aws-chunked bodies.</summary>
    public bool IsS3 => Service is "s3" or "s3-object-lambda" or "s3-outposts";
}
