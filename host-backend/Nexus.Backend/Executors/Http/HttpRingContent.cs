using System.Net;
using System.Net.Http;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Http;

/// <summary>A request's body, streamed from the guest's arena to the connection. The guest may change the bytes at any moment; nothing is decided on them.</summary>
/// <param name="call">Brings it.</param>
/// <param name="length">Bytes as the guest announced them; -1 for unknown.</param>
/// <param name="announces">Whether the guest waits for a word before it sends.</param>
internal sealed class HttpRingContent(ChannelCall call, long length, bool announces) : HttpContent
{
    /// <summary>Whether the guest was told to send; then the answer's head cannot be a head frame any more.</summary>
    public bool HasAnnounced { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (length == 0)
        {
            return;
        }

        if (announces && !HasAnnounced)
        {
            HasAnnounced = true;
            var head = new HttpResponseHead
            {
                Status = HttpInterim.Continue,
                Version = "",
                ContentLength = -1,
                Headers = [],
            };
            await call.SendAsync(FrameKind.Head, head, final: false, cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            var frame = await call.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (frame.Kind != FrameKind.Data)
            {
                throw new Channel.ProtocolViolationException($"{frame.Kind} in a request's body");
            }

            if (!frame.Memory.IsEmpty)
            {
                await stream.WriteAsync(frame.Memory, cancellationToken).ConfigureAwait(false);
            }

            call.Release(frame);
            if (frame.IsFinal)
            {
                return;
            }

            // The guest decides how its bytes are grouped; what it flushed must not wait here for more.
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = Math.Max(0, length);
        return length >= 0;
    }
}
