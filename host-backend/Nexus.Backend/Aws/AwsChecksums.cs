using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Nexus.Backend.Aws;

/// <summary>A checksum computed piece by piece, in the base64 form of <c>x-amz-checksum-*</c> headers and trailers.</summary>
public sealed class AwsChecksums : IDisposable
{
    private readonly NonCryptographicHashAlgorithm? _crc;
    private readonly IncrementalHash? _hash;

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0417: <paramref name="algorithm"/> is none of the known ones.</exception>
    public AwsChecksums(AwsChecksumAlgorithm algorithm)
    {
        Algorithm = algorithm;
        switch (algorithm)
        {
            case AwsChecksumAlgorithm.Crc32:
                _crc = new Crc32();
                break;
            case AwsChecksumAlgorithm.Crc32C:
                _crc = new Crc32(Crc32ParameterSet.Crc32C);
                break;
            case AwsChecksumAlgorithm.Crc64Nvme:
                _crc = new Crc64(Crc64ParameterSet.Nvme);
                break;
            case AwsChecksumAlgorithm.Sha1:
#pragma warning disable CA5350 // The service defines the algorithm; it guards against damage, not against forgery.
                _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
                break;
            case AwsChecksumAlgorithm.Sha256:
                _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                break;
            default:
                throw AwsDiagnostics.ChecksumUnsupported.With(algorithm.ToString());
        }
    }

    public AwsChecksumAlgorithm Algorithm { get; }

    /// <summary>From the SDK's spelling, such as <c>CRC64NVME</c>; empty means none.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0417: unknown name.</exception>
    public static AwsChecksumAlgorithm Parse(string? name) =>
        name?.ToUpperInvariant() switch
        {
            null or "" or "NONE" => AwsChecksumAlgorithm.None,
            "CRC32" => AwsChecksumAlgorithm.Crc32,
            "CRC32C" => AwsChecksumAlgorithm.Crc32C,
            "CRC64NVME" => AwsChecksumAlgorithm.Crc64Nvme,
            "SHA1" => AwsChecksumAlgorithm.Sha1,
            "SHA256" => AwsChecksumAlgorithm.Sha256,
            _ => throw AwsDiagnostics.ChecksumUnsupported.With(name),
        };

    /// <summary>The header or trailer the value travels in.</summary>
    public static string HeaderName(AwsChecksumAlgorithm algorithm) =>
        algorithm switch
        {
            AwsChecksumAlgorithm.Crc32 => "x-amz-checksum-crc32",
            AwsChecksumAlgorithm.Crc32C => "x-amz-checksum-crc32c",
            AwsChecksumAlgorithm.Crc64Nvme => "x-amz-checksum-crc64nvme",
            AwsChecksumAlgorithm.Sha1 => "x-amz-checksum-sha1",
            AwsChecksumAlgorithm.Sha256 => "x-amz-checksum-sha256",
            _ => throw AwsDiagnostics.ChecksumUnsupported.With(algorithm.ToString()),
        };

    /// <summary>Characters of the base64 value; lets a framed length be known before the value is.</summary>
    public static int Base64Length(AwsChecksumAlgorithm algorithm) =>
        algorithm switch
        {
            AwsChecksumAlgorithm.Crc32 or AwsChecksumAlgorithm.Crc32C => 8,
            AwsChecksumAlgorithm.Crc64Nvme => 12,
            AwsChecksumAlgorithm.Sha1 => 28,
            AwsChecksumAlgorithm.Sha256 => 44,
            _ => throw AwsDiagnostics.ChecksumUnsupported.With(algorithm.ToString()),
        };

    /// <summary>Content-MD5 of a body at hand.</summary>
#pragma warning disable CA5351 // The header defines the algorithm; it guards against damage, not against forgery.
    public static string ContentMd5(ReadOnlySpan<byte> body) => Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _crc?.Append(bytes);
        _hash?.AppendData(bytes);
    }

    /// <summary>The value of everything appended; big-endian as the services want it.</summary>
    public string ToBase64()
    {
        Span<byte> value = stackalloc byte[32];
        int length;
        switch (_crc)
        {
            case Crc32 crc32:
                BinaryPrimitives.WriteUInt32BigEndian(value, crc32.GetCurrentHashAsUInt32());
                length = sizeof(uint);
                break;
            case Crc64 crc64:
                BinaryPrimitives.WriteUInt64BigEndian(value, crc64.GetCurrentHashAsUInt64());
                length = sizeof(ulong);
                break;
            default:
                length = _hash!.GetCurrentHash(value);
                break;
        }
        return Convert.ToBase64String(value[..length]);
    }

    public void Dispose() => _hash?.Dispose();
}
