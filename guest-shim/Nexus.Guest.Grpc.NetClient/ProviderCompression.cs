using System.IO.Compression;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>A compression provider of the function's channel, its own code included.</summary>
internal sealed class ProviderCompression(ICompressionProvider provider) : IMessageCompression
{
    public Stream Compress(Stream target) => provider.CreateCompressionStream(target, CompressionLevel.Fastest);

    public Stream Decompress(Stream source) => provider.CreateDecompressionStream(source);

    /// <summary>Those of a channel by name; the first of a name counts.</summary>
    public static IReadOnlyList<KeyValuePair<string, IMessageCompression>> Of(IList<ICompressionProvider>? providers)
    {
        providers ??= [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];
        return
        [
            .. providers
                .DistinctBy(static provider => provider.EncodingName, StringComparer.Ordinal)
                .Select(static provider =>
                    KeyValuePair.Create<string, IMessageCompression>(provider.EncodingName, new ProviderCompression(provider))
                ),
        ];
    }
}
