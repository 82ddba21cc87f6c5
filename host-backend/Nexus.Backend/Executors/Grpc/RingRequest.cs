using Nexus.Channel;
using ProtocolViolationException = Nexus.Channel.ProtocolViolationException;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>
/// A call's requests in the guest's arena. They carry gRPC's prefixes already; nothing is decided on them, so they may stay where they are. What the connection does not
/// take keeps its blocks, and that is the guest's flow control. A request of one frame is kept until it is answered, so that it can be sent again to a server that says
/// that it has ignored it.
/// </summary>
/// <param name="call">The guest's call, its head read.</param>
/// <param name="startsAtOnce">Whether the headers are sent before the first request is there.</param>
internal sealed class RingRequest(ChannelCall call, bool startsAtOnce)
{
    private const int Whole = 0;
    private const int Spent = 1;
    private const int Repeating = 2;

    private ChannelFrame _first;
    private bool _hasFirst;
    private int _state;

    public bool StartsAtOnce => startsAtOnce;

    /// <summary>An attempt begins.</summary>
    public void Begin() => Interlocked.CompareExchange(ref _state, Whole, Repeating);

    /// <summary>Asks, before the first frame is given back, whether the attempt goes on; from then on there is no other.</summary>
    public bool TrySpend() => Interlocked.CompareExchange(ref _state, Spent, Whole) != Repeating;

    /// <summary>Asks whether all of it can be had once more; if so the attempt is over.</summary>
    public bool TryRepeat() => Interlocked.CompareExchange(ref _state, Repeating, Whole) == Whole;

    /// <summary>The first frame, each time.</summary>
    /// <exception cref="ChannelException">The guest has taken the call back.</exception>
    public async ValueTask<ChannelFrame> FirstAsync(CancellationToken cancellation)
    {
        if (!_hasFirst)
        {
            _first = await NextAsync(cancellation).ConfigureAwait(false);
            _hasFirst = true;
        }

        return _first;
    }

    /// <summary>The next one, after <see cref="TrySpend"/>.</summary>
    /// <exception cref="ChannelException">The guest has taken the call back.</exception>
    public async ValueTask<ChannelFrame> NextAsync(CancellationToken cancellation)
    {
        var frame = await call.ReceiveAsync(cancellation).ConfigureAwait(false);
        return frame.Kind == FrameKind.Data ? frame : throw new ProtocolViolationException($"{frame.Kind} in a gRPC request");
    }

    public void Release(in ChannelFrame frame) => call.Release(frame);
}
