using System.Security.Cryptography;

namespace Nexus.Backend.Aws;

/// <summary>Takes a body's bytes into the hashes a request needs ahead of sending.</summary>
internal sealed class AwsHashStream(IncrementalHash? sha256, IncrementalHash? md5, AwsChecksums? checksum) : AwsSinkStream
{
    public long Count { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        sha256?.AppendData(buffer.Span);
        md5?.AppendData(buffer.Span);
        checksum?.Append(buffer.Span);
        Count += buffer.Length;
        return ValueTask.CompletedTask;
    }
}
