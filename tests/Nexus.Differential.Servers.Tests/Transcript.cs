using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Nexus.Differential.Servers.Tests;

/// <summary>What a caller saw, as text that can be compared.</summary>
internal static partial class Transcript
{
    private const int LongestText = 2000;

    /// <summary>Sends a request and describes what came of it, failures included.</summary>
    public static async Task<string> OfAsync(HttpClient client, HttpRequestMessage request)
    {
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        var text = new StringBuilder();
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            text.AppendLine(FormattableString.Invariant($"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}"));
            Append(text, response.Headers.NonValidated);
            Append(text, response.Content.Headers.NonValidated);
            text.AppendLine().AppendLine(Body(await response.Content.ReadAsByteArrayAsync()));
            Append(text, response.TrailingHeaders.NonValidated);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            text.AppendLine(Describe(failure));
        }

        return Hosts().Replace(text.ToString(), "http://HOST");
    }

    public static string Describe(Exception failure) =>
        failure is HttpRequestException request ? $"{request.GetType().Name} {request.HttpRequestError}" : failure.GetType().Name;

    public static string Body(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        return body.Length <= LongestText && !text.Contains('\ufffd', StringComparison.Ordinal)
            ? TraceIds().Replace(text, "TRACE")
            : $"{body.Length} bytes {Convert.ToHexString(SHA256.HashData(body))}";
    }

    private static void Append(StringBuilder text, HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers.OrderBy(static header => header.Key, StringComparer.OrdinalIgnoreCase))
        {
            if (name is not ("Date" or "Last-Modified"))
            {
                text.AppendLine($"{name.ToLowerInvariant()}: {string.Join(" | ", values)}");
            }
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.\d+:\d+")]
    private static partial Regex Hosts();

    [GeneratedRegex("00-[0-9a-f]{32}-[0-9a-f]{16}-00")]
    private static partial Regex TraceIds();
}
