using Microsoft.Net.Http.Headers;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <content>A request that becomes a stream of bytes both ways: an upgrade of HTTP/1.1 or an extended CONNECT of HTTP/2.</content>
internal abstract partial class ServedRequest
{
    /// <summary>True once the program has taken the stream.</summary>
    public bool IsUpgraded { get; private set; }

    /// <summary>What an extended CONNECT asks for; null for every other request.</summary>
    protected string? ConnectProtocol { get; set; }

    protected bool IsExtendedConnect => ConnectProtocol is not null;

    /// <summary>Sends the head that opens the stream.</summary>
    protected async ValueTask<Stream> OpenStreamAsync(int status)
    {
        if (IsUpgraded)
        {
            throw new InvalidOperationException(
                "IHttpUpgradeFeature.UpgradeAsync was already called and can only be called once per connection."
            );
        }

        StatusCode = status;
        if (status == 101)
        {
            _responseHeaders[HeaderNames.Connection] = "Upgrade";
        }

        IsUpgraded = true;
        MaxRequestBodySizeOff();
        Input.OpenStream();
        await Output.FlushAsync().ConfigureAwait(false);
        return new UpgradedStream(new RequestBodyStream(this, Input), new ResponseBodyStream(this, Output));
    }

    protected void SendReset(HttpTrailers reset)
    {
        NoteAborted();
        CancelRequestAborted();
        if (_call.TryRent(reset.MaxBytes, out var block))
        {
            var writer = new MessageWriter(block.Memory.Span);
            reset.Write(ref writer);
            _call.Send(FrameKind.Trailers, block, writer.Length, final: true);
        }
        else
        {
            _call.Abort(AbortCode.Failed);
        }
    }

    private void MaxRequestBodySizeOff()
    {
        if (!Input.HasStarted)
        {
            MaxRequestBodySize = null;
        }
    }
}
