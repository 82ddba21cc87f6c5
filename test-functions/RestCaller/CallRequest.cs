namespace RestCaller;

/// <summary>What to call and how.</summary>
public class CallRequest
{
    /// <summary>One of the operations in <see cref="Function"/>.</summary>
    public string Operation { get; set; } = "";

    /// <summary>A path of the service.</summary>
    public string Path { get; set; } = "/echo";

    /// <summary>http, h2 or raw: which of the service's addresses.</summary>
    public string Service { get; set; } = "http";

    /// <summary>Bytes, milliseconds or a choice, as the operation needs it.</summary>
    public int Amount { get; set; }

    /// <summary>A method, a coding or a setting's value, as the operation needs it.</summary>
    public string Choice { get; set; } = "";
}
