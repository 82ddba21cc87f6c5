using System.Net;

namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>A query string taken apart.</summary>
internal static class ApiQuery
{
    /// <summary>Names and values, decoded, in their order; a name without a value has an empty one.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Parse(string query)
    {
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0
                ? new(WebUtility.UrlDecode(part), "")
                : new(WebUtility.UrlDecode(part[..equals]), WebUtility.UrlDecode(part[(equals + 1)..]));
        }
    }
}
