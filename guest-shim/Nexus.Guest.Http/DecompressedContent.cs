using System.IO.Compression;
using System.Net;

namespace Nexus.Guest.Http;

/// <summary>A content with its last coding undone; without its length, and without that coding among its headers.</summary>
internal sealed class DecompressedContent : HttpContent
{
    private readonly HttpContent _coded;
    private readonly DecompressionMethods _method;
    private bool _consumed;

    public DecompressedContent(HttpContent coded, DecompressionMethods method)
    {
        _coded = coded;
        _method = method;
        foreach (var (name, values) in coded.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }

        Headers.ContentLength = null;
        Headers.ContentEncoding.Clear();
        foreach (var coding in coded.Headers.ContentEncoding.SkipLast(1))
        {
            Headers.ContentEncoding.Add(coding);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var plain = await CreateContentReadStreamAsync(cancellationToken).ConfigureAwait(false);
        await plain.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var plain = CreateContentReadStream(cancellationToken);
        plain.CopyTo(stream);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        Consume();
        return Decompress(await _coded.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
    }

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        Consume();
        return Decompress(_coded.ReadAsStream(cancellationToken));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _coded.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Consume()
    {
        if (_consumed)
        {
            throw new InvalidOperationException(ResponseContent.AlreadyRead);
        }

        _consumed = true;
    }

    private Stream Decompress(Stream coded) =>
        _method switch
        {
            DecompressionMethods.GZip => new GZipStream(coded, CompressionMode.Decompress),
            DecompressionMethods.Brotli => new BrotliStream(coded, CompressionMode.Decompress),
            _ => new DeflatedStream(coded),
        };
}
