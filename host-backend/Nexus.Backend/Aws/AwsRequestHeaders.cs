using System.Buffers;

namespace Nexus.Backend.Aws;

/// <summary>Takes a guest's headers over: checks them, drops those that signing, framing and the connection own, joins repeated ones.</summary>
internal static class AwsRequestHeaders
{
    public const int MaxCount = 200;

    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    private static readonly HashSet<string> s_owned = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Authorization",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X-Amz-Content-SHA256",
        "X-Amz-Decoded-Content-Length",
        "X-Amz-Trailer",
        "X-Amz-S3Session-Token",
        "X-Amz-Region-Set",
        "amz-sdk-request",
    };

    private static readonly HashSet<string> s_content = new(StringComparer.OrdinalIgnoreCase)
    {
        "Allow",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Location",
        "Content-MD5",
        "Content-Range",
        "Content-Type",
        "Expires",
        "Last-Modified",
    };

    /// <param name="headers">The guest's.</param>
    /// <param name="hasContent">Without a body the HTTP stack sends no content headers, so none are signed.</param>
    /// <param name="isChunked">Whether the body is framed as aws-chunked.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0407: a header that cannot be sent.</exception>
    public static List<AwsHeader> Take(IReadOnlyList<AwsHeader> headers, bool hasContent, bool isChunked)
    {
        if (headers.Count > MaxCount)
        {
            throw AwsDiagnostics.HeaderInvalid.With($"{headers.Count} headers");
        }
        var taken = new List<AwsHeader>(headers.Count + 10);
        string encoding = isChunked ? "aws-chunked" : "";
        foreach (AwsHeader header in headers)
        {
            Check(header);
            if (s_owned.Contains(header.Name) || (!hasContent && s_content.Contains(header.Name)))
            {
                continue;
            }
            if (header.Name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                encoding = AddEncoding(encoding, header.Value);
                continue;
            }
            Add(taken, header with { Value = header.Value.Trim(' ', '\t') });
        }
        if (encoding.Length > 0)
        {
            taken.Add(new AwsHeader("Content-Encoding", encoding));
        }
        return taken;
    }

    private static void Add(List<AwsHeader> taken, AwsHeader header)
    {
        for (int i = 0; i < taken.Count; i++)
        {
            if (taken[i].Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))
            {
                // Joined as the signature joins them; the HTTP stack would put a space after the comma.
                taken[i] = taken[i] with
                {
                    Value = taken[i].Value + "," + header.Value,
                };
                return;
            }
        }
        taken.Add(header);
    }

    private static string AddEncoding(string encoding, string value)
    {
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!part.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase))
            {
                encoding = encoding.Length == 0 ? part : encoding + "," + part;
            }
        }
        return encoding;
    }

    private static void Check(AwsHeader header)
    {
        bool valid = header.Name.Length > 0 && !header.Name.AsSpan().ContainsAnyExcept(s_token);
        foreach (char c in header.Value)
        {
            valid &= c is '\t' or (>= ' ' and <= '~') or (>= '\u0080' and <= '\u00ff');
        }
        if (!valid)
        {
            throw AwsDiagnostics.HeaderInvalid.With(header.Name.Length <= 60 ? header.Name : header.Name[..60]);
        }
    }
}
