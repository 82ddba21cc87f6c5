using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Nexus.Backend.Aws;

/// <summary>
/// Signature Version 4 in its header, presigned and chunked forms, after the public "Signature Version 4 signing process" documents.
/// Thread-safe; keeps the derived keys it used last.
/// </summary>
public sealed class AwsSigner
{
    internal const string DateTimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    internal const string DateFormat = "yyyyMMdd";

    // Region and service come from guests: a bound keeps a hostile one from growing the cache without end.
    private const int MaxCachedKeys = 512;

    private readonly ConcurrentDictionary<KeyId, byte[]> _keys = new();

    /// <summary>
    /// Adds <c>x-amz-date</c>, <c>x-amz-security-token</c>, for S3 or a payload that is not hashed <c>x-amz-content-sha256</c>, and <c>Authorization</c>.
    /// Every header of the list is signed save those that proxies and connections own.
    /// </summary>
    /// <param name="method">In the form it is sent.</param>
    /// <param name="authority">The <c>Host</c> header that will be sent.</param>
    /// <param name="target">Path and query exactly as they will be sent.</param>
    /// <param name="headers">The headers that will be sent, without Host; added to.</param>
    /// <param name="payloadHash">SHA-256 of the body in lower-case hexadecimal, or one of <see cref="AwsPayloadHash"/>.</param>
    /// <param name="time">Now, corrected for a known clock skew.</param>
    public AwsSignature Sign(
        string method,
        string authority,
        string target,
        List<AwsHeader> headers,
        string payloadHash,
        AwsSigningScope scope,
        AwsCredentials credentials,
        DateTimeOffset time
    )
    {
        headers.Add(new AwsHeader("x-amz-date", FormatTime(time)));
        if (credentials.SessionToken is { } token)
        {
            headers.Add(new AwsHeader("x-amz-security-token", token));
        }
        if (scope.IsS3 || payloadHash.Length != 64)
        {
            headers.Add(new AwsHeader("x-amz-content-sha256", payloadHash));
        }
        byte[] key = SigningKey(credentials, time, scope);
        var text = new Utf8Buffer(1024);
        string signature;
        int signedStart;
        int signedLength;
        AwsHeader[] signed = ArrayPool<AwsHeader>.Shared.Rent(headers.Count + 1);
        try
        {
            int count = SelectSigned(headers, authority, signed);
            Span<AwsHeader> selected = signed.AsSpan(0, count);
            (signedStart, signedLength) = AppendCanonicalRequest(ref text, method, target, selected, payloadHash, scope.IsS3);
            signature = SignText(text.Written, key, time, scope);
            headers.Add(
                new AwsHeader(
                    "Authorization",
                    Authorization(text.Written.Slice(signedStart, signedLength), signature, credentials, time, scope)
                )
            );
        }
        finally
        {
            ArrayPool<AwsHeader>.Shared.Return(signed, clearArray: true);
            text.Dispose();
        }
        return new AwsSignature(signature, key, time, scope);
    }

    /// <summary>A URL that carries its own signature.</summary>
    /// <param name="scheme"><c>https</c> or <c>http</c>.</param>
    /// <param name="headers">Headers the later caller has to send with these very values; usually none.</param>
    /// <param name="lifetime">One second to seven days.</param>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0404: the lifetime is out of range.</exception>
    public string Presign(
        string method,
        string scheme,
        string authority,
        string target,
        IReadOnlyList<AwsHeader> headers,
        TimeSpan lifetime,
        AwsSigningScope scope,
        AwsCredentials credentials,
        DateTimeOffset time
    )
    {
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > TimeSpan.FromDays(7))
        {
            throw AwsDiagnostics.PresignLifetime.With(lifetime.ToString());
        }
        AwsHeader[] signed = new AwsHeader[headers.Count + 1];
        Span<AwsHeader> selected = signed.AsSpan(0, SelectSigned(headers, authority, signed));
        var query = new StringBuilder(target)
            .Append(target.Contains('?', StringComparison.Ordinal) ? '&' : '?')
            .Append("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=")
            .Append(
                Uri.EscapeDataString(
                    $"{credentials.AccessKeyId}/{time.UtcDateTime.ToString(DateFormat, null)}/{scope.Region}/{scope.Service}/aws4_request"
                )
            )
            .Append("&X-Amz-Date=")
            .Append(FormatTime(time))
            .Append("&X-Amz-Expires=")
            .Append((long)lifetime.TotalSeconds);
        if (credentials.SessionToken is { } token)
        {
            query.Append("&X-Amz-Security-Token=").Append(Uri.EscapeDataString(token));
        }
        var names = new Utf8Buffer(64);
        AppendSignedNames(ref names, selected);
        query.Append("&X-Amz-SignedHeaders=").Append(Uri.EscapeDataString(names.ToLatin1String()));
        names.Dispose();
        string payload = scope.IsS3 ? AwsPayloadHash.UnsignedPayload : AwsPayloadHash.Empty;
        var text = new Utf8Buffer(1024);
        AppendCanonicalRequest(ref text, method, query.ToString(), selected, payload, scope.IsS3);
        string signature = SignText(text.Written, SigningKey(credentials, time, scope), time, scope);
        text.Dispose();
        return $"{scheme}://{authority}{query}&X-Amz-Signature={signature}";
    }

    internal static string FormatTime(DateTimeOffset time) =>
        string.Create(
            16,
            time,
            static (span, t) => t.UtcDateTime.TryFormat(span, out _, DateTimeFormat, System.Globalization.CultureInfo.InvariantCulture)
        );

    /// <summary>Appends <c>20150830/us-east-1/service/aws4_request</c>.</summary>
    internal static void AppendScope(ref Utf8Buffer text, DateTimeOffset time, AwsSigningScope scope)
    {
        text.AppendTime(time, DateFormat);
        text.Append((byte)'/');
        text.AppendLatin1(scope.Region);
        text.Append((byte)'/');
        text.AppendLatin1(scope.Service);
        text.Append("/aws4_request"u8);
    }

    private static string SignText(ReadOnlySpan<byte> canonicalRequest, byte[] key, DateTimeOffset time, AwsSigningScope scope)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(canonicalRequest, hash);
        var text = new Utf8Buffer(256);
        text.Append("AWS4-HMAC-SHA256\n"u8);
        text.AppendTime(time, DateTimeFormat);
        text.Append((byte)'\n');
        AppendScope(ref text, time, scope);
        text.Append((byte)'\n');
        text.AppendHex(hash);
        HMACSHA256.HashData(key, text.Written, hash);
        text.Dispose();
        return Convert.ToHexStringLower(hash);
    }

    private static (int SignedStart, int SignedLength) AppendCanonicalRequest(
        ref Utf8Buffer text,
        string method,
        string target,
        ReadOnlySpan<AwsHeader> headers,
        string payloadHash,
        bool isS3
    )
    {
        text.AppendLatin1(method);
        text.Append((byte)'\n');
        int question = target.IndexOf('?', StringComparison.Ordinal);
        AwsCanonicalUri.AppendPath(ref text, question < 0 ? target : target.AsSpan(0, question), isS3);
        text.Append((byte)'\n');
        AwsCanonicalUri.AppendQuery(ref text, question < 0 ? default : target.AsSpan(question + 1));
        text.Append((byte)'\n');
        for (int i = 0; i < headers.Length; i++)
        {
            if (i > 0 && CompareLower(headers[i].Name, headers[i - 1].Name) == 0)
            {
                text.Append((byte)',');
            }
            else
            {
                text.Append(i > 0 ? "\n"u8 : default);
                text.AppendLower(headers[i].Name);
                text.Append((byte)':');
            }
            AppendTrimmed(ref text, headers[i].Value);
        }
        text.Append("\n\n"u8);
        int start = text.Length;
        AppendSignedNames(ref text, headers);
        int length = text.Length - start;
        text.Append((byte)'\n');
        text.AppendLatin1(payloadHash);
        return (start, length);
    }

    private static void AppendSignedNames(ref Utf8Buffer text, ReadOnlySpan<AwsHeader> headers)
    {
        for (int i = 0; i < headers.Length; i++)
        {
            if (i > 0 && CompareLower(headers[i].Name, headers[i - 1].Name) == 0)
            {
                continue;
            }
            text.Append(i > 0 ? ";"u8 : default);
            text.AppendLower(headers[i].Name);
        }
    }

    /// <summary>Outer white space goes, inner runs of spaces become one.</summary>
    private static void AppendTrimmed(ref Utf8Buffer text, ReadOnlySpan<char> value)
    {
        value = value.Trim(" \t\r\n");
        while (value.IndexOf("  ", StringComparison.Ordinal) is var run and >= 0)
        {
            text.AppendLatin1(value[..(run + 1)]);
            value = value[run..].TrimStart(' ');
        }
        text.AppendLatin1(value);
    }

    private static string Authorization(
        ReadOnlySpan<byte> signedNames,
        string signature,
        AwsCredentials credentials,
        DateTimeOffset time,
        AwsSigningScope scope
    )
    {
        var text = new Utf8Buffer(384);
        text.Append("AWS4-HMAC-SHA256 Credential="u8);
        text.AppendLatin1(credentials.AccessKeyId);
        text.Append((byte)'/');
        AppendScope(ref text, time, scope);
        text.Append(", SignedHeaders="u8);
        text.Append(signedNames);
        text.Append(", Signature="u8);
        text.AppendLatin1(signature);
        string result = text.ToLatin1String();
        text.Dispose();
        return result;
    }

    private static int SelectSigned(IReadOnlyList<AwsHeader> headers, string authority, AwsHeader[] target)
    {
        int count = 0;
        Insert(target, count++, new AwsHeader("host", authority));
        for (int i = 0; i < headers.Count; i++)
        {
            if (IsSigned(headers[i].Name))
            {
                Insert(target, count++, headers[i]);
            }
        }
        return count;
    }

    /// <summary>Insertion keeps the order of equal names, which decides how their values are joined.</summary>
    private static void Insert(AwsHeader[] sorted, int count, AwsHeader header)
    {
        int at = count;
        while (at > 0 && CompareLower(sorted[at - 1].Name, header.Name) > 0)
        {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = header;
    }

    private static bool IsSigned(string name) =>
        !(
            name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            || name.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)
            || name.Equals("X-Amzn-Trace-Id", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Expect", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
        );

    private static int CompareLower(string x, string y)
    {
        int common = Math.Min(x.Length, y.Length);
        for (int i = 0; i < common; i++)
        {
            int difference = char.ToLowerInvariant(x[i]) - char.ToLowerInvariant(y[i]);
            if (difference != 0)
            {
                return difference;
            }
        }
        return x.Length - y.Length;
    }

    private byte[] SigningKey(AwsCredentials credentials, DateTimeOffset time, AwsSigningScope scope)
    {
        var id = new KeyId(credentials, (int)(time.UtcTicks / TimeSpan.TicksPerDay), scope);
        if (_keys.TryGetValue(id, out byte[]? key))
        {
            return key;
        }
        if (_keys.Count >= MaxCachedKeys)
        {
            _keys.Clear();
        }
        return _keys.GetOrAdd(id, DeriveKey(credentials, time, scope));
    }

    private static byte[] DeriveKey(AwsCredentials credentials, DateTimeOffset time, AwsSigningScope scope)
    {
        byte[] start = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        byte[] key = HMACSHA256.HashData(start, Encoding.ASCII.GetBytes(time.UtcDateTime.ToString(DateFormat, null)));
        CryptographicOperations.ZeroMemory(start);
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Service));
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <summary>Credentials by reference: comparing secrets would cost more than deriving the key.</summary>
    private readonly record struct KeyId(AwsCredentials Credentials, int Day, AwsSigningScope Scope)
    {
        public bool Equals(KeyId other) => ReferenceEquals(Credentials, other.Credentials) && Day == other.Day && Scope == other.Scope;

        public override int GetHashCode() => HashCode.Combine(RuntimeHelpers.GetHashCode(Credentials), Day, Scope);
    }
}
