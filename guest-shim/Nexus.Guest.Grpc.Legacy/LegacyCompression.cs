using System.IO.Compression;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>The two ways to compress that the native library has.</summary>
internal sealed class LegacyCompression(Func<Stream, CompressionMode, Stream> create) : IMessageCompression
{
    public static IReadOnlyList<KeyValuePair<string, IMessageCompression>> All { get; } =
    [
        new("deflate", new LegacyCompression(static (stream, mode) => new ZLibStream(stream, mode))),
        new("gzip", new LegacyCompression(static (stream, mode) => new GZipStream(stream, mode))),
    ];

    public Stream Compress(Stream target) => create(target, CompressionMode.Compress);

    public Stream Decompress(Stream source) => create(source, CompressionMode.Decompress);
}
