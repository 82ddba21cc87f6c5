namespace LegacyObjects;

/// <summary>Which document to work on.</summary>
public class LegacyRequest
{
    /// <summary>roundTrip, list, missing, multipart.</summary>
    public string Operation { get; set; } = "";

    public string Key { get; set; } = "";

    public string Text { get; set; } = "";
}
