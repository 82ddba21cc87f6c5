namespace ObjectTransformer;

/// <summary>What was done and how S3 answered.</summary>
public class TransformResponse
{
    public int HttpStatus { get; set; }

    public string? RequestId { get; set; }

    public long ContentLength { get; set; }

    public string? ContentType { get; set; }

    public string? ETag { get; set; }

    public string? ContentRange { get; set; }

    public string? LastModified { get; set; }

    public Dictionary<string, string>? Metadata { get; set; }

    public string? Text { get; set; }

    public string? Sha256 { get; set; }

    public List<string>? Keys { get; set; }

    public string? Error { get; set; }
}
