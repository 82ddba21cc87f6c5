using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.Guest.Http;

/// <summary>A challenge of the Digest scheme and its answer (RFC 7616).</summary>
internal sealed class DigestChallenge
{
    private const string NonceCount = "00000001";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private readonly Dictionary<string, string> _parameters = new(StringComparer.OrdinalIgnoreCase);

    private DigestChallenge() { }

    /// <summary>Whether only the nonce was too old.</summary>
    public bool IsStale => Find("stale") is { } stale && stale.Equals("true", StringComparison.OrdinalIgnoreCase);

    public static DigestChallenge Parse(string text)
    {
        var challenge = new DigestChallenge();
        var at = 0;
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            var name = text[at..equals].Trim(' ', '\t', ',');
            challenge._parameters.TryAdd(name, Value(text, equals + 1, out at));
        }

        return challenge;
    }

    /// <summary>The parameters of the Authorization header; null when the challenge cannot be answered.</summary>
    public async Task<string?> AnswerAsync(HttpRequestMessage request, NetworkCredential credential)
    {
        var named = Find("algorithm");
        var algorithm = (named ?? "MD5").ToUpperInvariant();
        if (
            algorithm is not ("MD5" or "MD5-SESS" or "SHA-256" or "SHA-256-SESS")
            || Find("nonce") is not { } nonce
            || Find("realm") is not { } realm
        )
        {
            return null;
        }

        var target = request.RequestUri!.PathAndQuery;
        var qop = ChooseQop();
        var clientNonce = RandomNumberGenerator.GetString(Alphabet, 16);
        var secret = $"{credential.UserName}:{realm}:{credential.Password}";
        if (algorithm.EndsWith("SESS", StringComparison.Ordinal))
        {
            secret = $"{Hash(secret, algorithm)}:{nonce}:{clientNonce}";
        }

        var subject = $"{request.Method.Method}:{target}";
        if (qop == "auth-int")
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync().ConfigureAwait(false);
            subject = $"{subject}:{Hash(body, algorithm)}";
        }

        var proof = qop is null
            ? Hash($"{Hash(secret, algorithm)}:{nonce}:{Hash(subject, algorithm)}", algorithm)
            : Hash($"{Hash(secret, algorithm)}:{nonce}:{NonceCount}:{clientNonce}:{qop}:{Hash(subject, algorithm)}", algorithm);

        var answer = new List<string>();
        if (Find("userhash") == "true")
        {
            answer.Add($"username=\"{Hash($"{credential.UserName}:{realm}", algorithm)}\", userhash=true");
        }
        else
        {
            answer.Add(
                Ascii.IsValid(credential.UserName)
                    ? $"username=\"{credential.UserName}\""
                    : $"username*=UTF-8''{Uri.EscapeDataString(credential.UserName)}"
            );
        }

        answer.Add($"realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", response=\"{proof}\"");
        if (Find("opaque") is { } opaque)
        {
            answer.Add($"opaque=\"{opaque}\"");
        }

        if (named is not null)
        {
            answer.Add($"algorithm={named}");
        }

        if (qop is not null)
        {
            answer.Add($"qop={qop}, nc={NonceCount}, cnonce=\"{clientNonce}\"");
        }

        return string.Join(", ", answer);
    }

    /// <summary>One value that starts at an index; leaves the index of what follows.</summary>
    private static string Value(string text, int start, out int next)
    {
        while (start < text.Length && text[start] is ' ' or '\t')
        {
            start++;
        }

        if (start < text.Length && text[start] == '"')
        {
            var value = new StringBuilder();
            for (next = start + 1; next < text.Length && text[next] != '"'; next++)
            {
                if (text[next] == '\\' && next + 1 < text.Length)
                {
                    value.Append(text[next++]);
                }

                value.Append(text[next]);
            }

            next++;
            return value.ToString();
        }

        var comma = text.IndexOf(',', start);
        next = comma < 0 ? text.Length : comma + 1;
        return text[start..(comma < 0 ? text.Length : comma)].Trim();
    }

    [SuppressMessage(
        "Security",
        "CA5351:Do Not Use Broken Cryptographic Algorithms",
        Justification = "The service chooses; RFC 7616 keeps MD5."
    )]
    private static string Hash(string text, string algorithm)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var hash = algorithm.StartsWith("SHA", StringComparison.Ordinal) ? SHA256.HashData(bytes) : MD5.HashData(bytes);
        return Convert.ToHexString(hash).ToLowerInvariant();
    }

    /// <summary>Null when the service names none; <c>auth</c> wherever it is offered.</summary>
    private string? ChooseQop() =>
        Find("qop") is not { } offered ? null
        : offered.Split(',', StringSplitOptions.TrimEntries) is var choices && !choices.Contains("auth") && choices.Contains("auth-int")
            ? "auth-int"
        : "auth";

    private string? Find(string name) => _parameters.GetValueOrDefault(name);
}
