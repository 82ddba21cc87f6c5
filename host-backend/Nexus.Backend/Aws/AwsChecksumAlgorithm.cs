namespace Nexus.Backend.Aws;

/// <summary>The checksums that S3 and others take beside Content-MD5.</summary>
public enum AwsChecksumAlgorithm
{
    None,
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
}
