namespace Nexus.Backend.Executors.Grpc;

/// <summary>Headers that .NET's client counts among the content's, and that therefore are no metadata of a call: on the way out they are not sent, on the way in not seen.</summary>
internal static class ContentHeaders
{
    private const string Type = "content-type";

    private static readonly HashSet<string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        "allow",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-md5",
        "content-range",
        Type,
        "expires",
        "last-modified",
    };

    public static bool Contains(string name) => s_names.Contains(name);

    /// <summary>Null when there is none.</summary>
    public static string? TypeOf(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        foreach (var (name, value) in fields)
        {
            if (string.Equals(name, Type, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    public static List<KeyValuePair<string, string>> Without(IReadOnlyList<KeyValuePair<string, string>> fields)
    {
        var others = new List<KeyValuePair<string, string>>(fields.Count);
        foreach (var field in fields)
        {
            if (!s_names.Contains(field.Key))
            {
                others.Add(field);
            }
        }

        return others;
    }
}
