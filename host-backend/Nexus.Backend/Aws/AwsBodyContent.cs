using System.Net;

namespace Nexus.Backend.Aws;

/// <summary>Feeds a body to the HTTP stack and remembers how far it came.</summary>
internal sealed class AwsBodyContent(IAwsBody body) : HttpContent
{
    /// <summary>Whether any of the body may have been taken from its source.</summary>
    public bool Started { get; private set; }

    /// <summary>The source's own failure, as opposed to the connection's.</summary>
    public Exception? SourceFailure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        var counting = new AwsCountingStream(stream, body.Length, null);
        try
        {
            await body.WriteToAsync(counting, cancellationToken).ConfigureAwait(false);
            counting.End();
        }
        catch (Exception e) when (!counting.TargetFailed)
        {
            SourceFailure = e;
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length ?? 0;
        return body.Length is not null;
    }
}
