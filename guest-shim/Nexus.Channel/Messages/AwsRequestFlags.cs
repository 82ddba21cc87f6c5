namespace Nexus.Channel.Messages;

/// <summary>What the SDK decided about a request besides its bytes.</summary>
[Flags]
public enum AwsRequestFlags : uint
{
    None = 0,

    /// <summary>The operation demands a checksum or MD5 of its body.</summary>
    ChecksumRequired = 1,

    /// <summary>The body may go unsigned over TLS.</summary>
    UnsignedPayload = 2,

    /// <summary>The operation is called without credentials.</summary>
    Anonymous = 4,

    /// <summary>Encode the path once when signing, as S3 wants; twice otherwise.</summary>
    SingleEncodedPath = 8,

    /// <summary>The operation's checksum falls back to MD5 where no algorithm is chosen.</summary>
    ContentMd5 = 16,

    /// <summary>Answer with a presigned URL in <c>Location</c> instead of sending; the content length is its lifetime in seconds.</summary>
    Presign = 32,
}
