namespace ObjectTransformer;

/// <summary>What to do with which object.</summary>
public class TransformRequest
{
    /// <summary>transform, range, upload, multipart, list, copy, deleteMany, head, missing or events.</summary>
    public string Operation { get; set; } = "";

    public string Key { get; set; } = "";

    public string? Target { get; set; }

    public List<string>? Keys { get; set; }

    /// <summary>Bytes to upload.</summary>
    public int Size { get; set; }
}
