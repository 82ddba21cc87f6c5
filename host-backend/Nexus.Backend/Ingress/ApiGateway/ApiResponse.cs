using System.Text;
using System.Text.Json;

namespace Nexus.Backend.Ingress.ApiGateway;

/// <summary>An answer as the API's caller gets it.</summary>
/// <param name="Status">100 to 599.</param>
/// <param name="Headers">One entry for each header line.</param>
/// <param name="Body">The body, decoded.</param>
public sealed record ApiResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Content-Length",
        "Keep-Alive",
        "Transfer-Encoding",
        "Upgrade",
    };

    /// <summary>The API's own answer in place of one that the function did not give.</summary>
    internal static ApiResponse Failure(int status, string message) =>
        new(
            status,
            [new("Content-Type", "application/json")],
            JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["message"] = message })
        );

    /// <summary>Whether a header may be sent as the function wrote it. How a body is delimited is the server's business.</summary>
    /// <exception cref="FormatException">It would break the answer apart.</exception>
    internal static bool IsSendable(string name, string value)
    {
        var isToken =
            name.Length > 0
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
        if (!isToken || value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw new FormatException($"header {name}");
        }

        return !Framing.Contains(name);
    }

    /// <summary>A body as the function wrote it.</summary>
    /// <exception cref="FormatException">It is not base64 although it is said to be.</exception>
    internal static byte[] Decode(string body, bool isBase64) => isBase64 ? Convert.FromBase64String(body) : Encoding.UTF8.GetBytes(body);
}
