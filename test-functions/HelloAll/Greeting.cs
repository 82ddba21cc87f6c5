namespace HelloAll;

/// <summary>The greeting and the traces it left.</summary>
/// <param name="Text">As read back from S3.</param>
/// <param name="Visits">From 1, counted in DynamoDB.</param>
/// <param name="ETag">Of the S3 object.</param>
/// <param name="Bytes">Length of the S3 object.</param>
/// <param name="MessageMd5">Of the SQS message's body, in hexadecimal.</param>
public record Greeting(string Text, int Visits, string ETag, long Bytes, string MessageMd5);
