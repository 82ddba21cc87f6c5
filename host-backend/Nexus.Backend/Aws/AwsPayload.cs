using System.Security.Cryptography;

namespace Nexus.Backend.Aws;

/// <summary>How a request's body is signed and framed; decided once, the same for every attempt.</summary>
/// <param name="Body">What is sent, before framing.</param>
/// <param name="Hash">For the signature: a hash or one of <see cref="AwsPayloadHash"/>.</param>
/// <param name="Headers">Checksums and framing to add.</param>
/// <param name="Trailer">Checksum in the trailer of an aws-chunked body.</param>
internal sealed record AwsPayload(IAwsBody Body, string Hash, IReadOnlyList<AwsHeader> Headers, AwsChecksumAlgorithm Trailer)
{
    /// <summary>Bodies up to this are hashed before sending; longer ones of S3 in the course of it.</summary>
    public const long HashAheadLimit = 16 * 1024 * 1024;

    /// <summary>Most that is kept of a stream whose service wants the hash first.</summary>
    public const int BufferLimit = 8 * 1024 * 1024;

    /// <summary>Up to this size hashing costs less than it is worth to leave the body out of an S3 signature.</summary>
    private const long AlwaysHashed = 64 * 1024;

    public bool IsChunked => Hash.StartsWith("STREAMING-", StringComparison.Ordinal);

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0408: a stream that cannot be signed; NEXUS0409: it has another length than announced.</exception>
    public static async ValueTask<AwsPayload> PrepareAsync(
        AwsRequest request,
        AwsSigningScope scope,
        bool encrypted,
        CancellationToken cancellationToken
    )
    {
        IAwsBody body = request.Body;
        AwsChecksumAlgorithm checksum = HasChecksum(request.Headers) ? AwsChecksumAlgorithm.None : request.Checksum;
        bool wantsMd5 = request.ContentMd5 && !Has(request.Headers, "Content-MD5");
        if (body.Length == 0 && checksum == AwsChecksumAlgorithm.None && !wantsMd5)
        {
            return new AwsPayload(AwsMemoryBody.Empty, AwsPayloadHash.Empty, [], AwsChecksumAlgorithm.None);
        }
        bool unsigned = encrypted && request.UnsignedPayload;
        if (!(body.Replayable && body.Length <= HashAheadLimit))
        {
            if (scope.IsS3 && body.Length is { } length)
            {
                return Streamed(request, body, length, checksum, encrypted);
            }
            if (unsigned && checksum == AwsChecksumAlgorithm.None)
            {
                return new AwsPayload(body, AwsPayloadHash.UnsignedPayload, [], AwsChecksumAlgorithm.None);
            }
            body = await BufferAsync(body, request, cancellationToken).ConfigureAwait(false);
        }
        unsigned |= encrypted && scope.IsS3 && checksum != AwsChecksumAlgorithm.None && body.Length > AlwaysHashed;
        return await HashAsync(body, !unsigned, checksum, wantsMd5, cancellationToken).ConfigureAwait(false);
    }

    private static AwsPayload Streamed(AwsRequest request, IAwsBody body, long length, AwsChecksumAlgorithm checksum, bool encrypted)
    {
        if (request.ContentMd5 && checksum == AwsChecksumAlgorithm.None && !HasChecksum(request.Headers))
        {
            // The operation insists on some integrity check, and MD5 cannot travel in a trailer.
            checksum = AwsChecksumAlgorithm.Crc32;
        }
        if (encrypted && checksum == AwsChecksumAlgorithm.None)
        {
            return new AwsPayload(body, AwsPayloadHash.UnsignedPayload, [], checksum);
        }
        string hash =
            encrypted ? AwsPayloadHash.StreamingUnsignedTrailer
            : checksum == AwsChecksumAlgorithm.None ? AwsPayloadHash.StreamingSigned
            : AwsPayloadHash.StreamingSignedTrailer;
        List<AwsHeader> headers = [new("x-amz-decoded-content-length", length.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        if (checksum != AwsChecksumAlgorithm.None)
        {
            headers.Add(new AwsHeader("x-amz-trailer", AwsChecksums.HeaderName(checksum)));
        }
        return new AwsPayload(body, hash, headers, checksum);
    }

    private static async ValueTask<AwsPayload> HashAsync(
        IAwsBody body,
        bool signed,
        AwsChecksumAlgorithm checksum,
        bool wantsMd5,
        CancellationToken cancellationToken
    )
    {
        if (signed && checksum == AwsChecksumAlgorithm.None && !wantsMd5 && body.TryGetBytes(out ReadOnlyMemory<byte> bytes))
        {
            return new AwsPayload(body, HashOf(bytes.Span), [], AwsChecksumAlgorithm.None);
        }
        using AwsChecksums? sum = checksum == AwsChecksumAlgorithm.None ? null : new AwsChecksums(checksum);
        using IncrementalHash? sha256 = signed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
#pragma warning disable CA5351 // The header defines the algorithm; it guards against damage, not against forgery.
        using IncrementalHash? md5 = wantsMd5 ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
#pragma warning restore CA5351
        var sink = new AwsHashStream(sha256, md5, sum);
        var counted = new AwsCountingStream(sink, body.Length, null);
        await body.WriteToAsync(counted, cancellationToken).ConfigureAwait(false);
        counted.End();
        List<AwsHeader> headers = [];
        if (sum is not null)
        {
            headers.Add(new AwsHeader(AwsChecksums.HeaderName(checksum), sum.ToBase64()));
        }
        if (md5 is not null)
        {
            headers.Add(new AwsHeader("Content-MD5", Convert.ToBase64String(md5.GetHashAndReset())));
        }
        string hash = sha256 is null ? AwsPayloadHash.UnsignedPayload : Convert.ToHexStringLower(sha256.GetHashAndReset());
        return new AwsPayload(body, hash, headers, AwsChecksumAlgorithm.None);
    }

    private static string HashOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static async ValueTask<IAwsBody> BufferAsync(IAwsBody body, AwsRequest request, CancellationToken cancellationToken)
    {
        if (body.Length > BufferLimit)
        {
            throw AwsDiagnostics.BodyLengthUnknown.With($"{request.ServiceId} {request.Operation}, {body.Length} bytes");
        }
        using var memory = new MemoryStream((int)(body.Length ?? 0));
        var counted = new AwsCountingStream(memory, body.Length ?? BufferLimit, null);
        await body.WriteToAsync(counted, cancellationToken).ConfigureAwait(false);
        if (body.Length is not null)
        {
            counted.End();
        }
        return new AwsMemoryBody(memory.GetBuffer().AsMemory(0, (int)memory.Length));
    }

    private static bool HasChecksum(IReadOnlyList<AwsHeader> headers)
    {
        foreach (AwsHeader header in headers)
        {
            if (
                header.Name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)
                && !header.Name.Equals("x-amz-checksum-algorithm", StringComparison.OrdinalIgnoreCase)
                && !header.Name.Equals("x-amz-checksum-mode", StringComparison.OrdinalIgnoreCase)
                && !header.Name.Equals("x-amz-checksum-type", StringComparison.OrdinalIgnoreCase)
            )
            {
                return true;
            }
        }
        return false;
    }

    private static bool Has(IReadOnlyList<AwsHeader> headers, string name)
    {
        foreach (AwsHeader header in headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }
}
