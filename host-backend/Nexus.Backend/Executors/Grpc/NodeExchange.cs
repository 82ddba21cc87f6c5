using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>The caller's side of a call within the node: frames in place, in both directions.</summary>
public sealed class NodeExchange
{
    private readonly ChannelCall _call;

    internal NodeExchange(ChannelCall call)
    {
        _call = call;
    }

    /// <summary>The next bytes of the request, in the caller's arena; give them back with <see cref="Release"/>.</summary>
    /// <exception cref="ProtocolViolationException">The caller sent anything but data.</exception>
    public async ValueTask<ChannelFrame> ReadAsync(CancellationToken cancellation)
    {
        var frame = await _call.ReceiveAsync(cancellation).ConfigureAwait(false);
        return frame.Kind == FrameKind.Data ? frame : throw new ProtocolViolationException($"{frame.Kind} in a gRPC request");
    }

    public void Release(in ChannelFrame frame) => _call.Release(frame);

    /// <summary>A block for the answer's bytes in the caller's region; waits while it holds what one call may.</summary>
    public ValueTask<ArenaBlock> RentAsync(int bytes, CancellationToken cancellation) => _call.RentAsync(bytes, cancellation);

    /// <summary>Sends the first bytes of a block.</summary>
    public void Send(ArenaBlock block, int length) => _call.Send(FrameKind.Data, block, length, final: false);

    /// <summary>Sends the response headers; once, before any bytes.</summary>
    public ValueTask BeginAsync(GrpcResponseHead head, CancellationToken cancellation) =>
        _call.SendAsync(FrameKind.Head, head, final: false, cancellation);

    /// <summary>Ends the answer with its trailers, or says why there is none.</summary>
    public ValueTask EndAsync(GrpcResponseEnd end, CancellationToken cancellation) =>
        _call.SendAsync(FrameKind.Trailers, end, final: true, cancellation);
}
