using System.IO.Compression;

namespace Nexus.Guest.Http;

/// <summary>
/// The coding named <c>deflate</c>: the zlib format by the standard (RFC 9110, 8.4.1.2), plain deflate from servers that take the name at its word. The first byte tells.
/// </summary>
internal sealed class DeflatedStream(Stream coded) : ReadOnlyStream
{
    private const int ZlibMethod = 8;
    private Stream? _plain;

    public override int Read(Span<byte> buffer)
    {
        if (_plain is null)
        {
            Span<byte> first = stackalloc byte[1];
            Open(first[..coded.Read(first)]);
        }

        return _plain!.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_plain is null)
        {
            var first = new byte[1];
            var read = await coded.ReadAsync(first, cancellationToken).ConfigureAwait(false);
            Open(first.AsSpan(0, read));
        }

        return await _plain!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain?.Dispose();
            coded.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Open(ReadOnlySpan<byte> first)
    {
        var whole = new PrefixedStream(first.ToArray(), coded);
        _plain =
            first is [var b] && (b & 0x0f) == ZlibMethod
                ? new ZLibStream(whole, CompressionMode.Decompress)
                : new DeflateStream(whole, CompressionMode.Decompress);
    }
}
