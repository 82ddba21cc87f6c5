using System.Net;

namespace Nexus.Guest.Http;

/// <summary>The answer's body: read once, from the arena, while it arrives.</summary>
internal sealed class ResponseContent(Stream stream) : HttpContent
{
    /// <summary>The library's own words.</summary>
    internal const string AlreadyRead = "The stream was already consumed. It cannot be read again.";
    private bool _consumed;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var body = Consume();
        await body.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var body = Consume();
        body.CopyTo(stream);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(Consume());

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => Consume();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private Stream Consume()
    {
        if (_consumed)
        {
            throw new InvalidOperationException(AlreadyRead);
        }

        _consumed = true;
        return stream;
    }
}
