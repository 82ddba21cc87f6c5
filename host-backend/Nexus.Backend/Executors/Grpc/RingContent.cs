using System.Net;
using System.Net.Http.Headers;
using Nexus.Channel;
using ProtocolViolationException = Nexus.Channel.ProtocolViolationException;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>
/// A call's requests, passed on from the guest's arena to the connection as they come. They carry gRPC's prefixes already; nothing is decided on them, so they may stay
/// where they are. What the connection does not take keeps its blocks, and that is the guest's flow control.
/// </summary>
internal sealed class RingContent : HttpContent
{
    private static readonly MediaTypeHeaderValue s_contentType = new("application/grpc");
    private readonly ChannelCall _call;
    private readonly bool _startsAtOnce;

    /// <param name="call">The guest's call, its head read.</param>
    /// <param name="startsAtOnce">Whether the headers are sent before the first request is there.</param>
    public RingContent(ChannelCall call, bool startsAtOnce)
    {
        _call = call;
        _startsAtOnce = startsAtOnce;
        Headers.ContentType = s_contentType;
    }

    /// <summary>Whether anything was sent, so that nothing can be sent again.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>What the guest did wrong, if anything.</summary>
    public ProtocolViolationException? Violation { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasStarted = true;
        if (_startsAtOnce)
        {
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        while (true)
        {
            var frame = await _call.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (frame.Kind != FrameKind.Data)
            {
                throw Violation = new ProtocolViolationException($"{frame.Kind} in a gRPC request");
            }

            if (!frame.Memory.IsEmpty)
            {
                await stream.WriteAsync(frame.Memory, cancellationToken).ConfigureAwait(false);
                _call.Release(frame);
            }

            if (frame.IsFinal)
            {
                return;
            }

            if (_startsAtOnce)
            {
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
