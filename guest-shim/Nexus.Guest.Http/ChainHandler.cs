using System.Runtime.CompilerServices;

namespace Nexus.Guest.Http;

/// <summary>
/// The outermost handler of a client that was given one. At the first request, when the chain is complete, it puts a stand-in in place of the handler at its
/// end; handlers in between run as they are. A handler that several clients share has one stand-in.
/// </summary>
internal sealed class ChainHandler(GuestChannel channel, HttpMessageHandler first) : DelegatingHandler(first)
{
    private static readonly ConditionalWeakTable<HttpMessageHandler, ChannelHandler> StandIns = [];
    private bool _ready;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Prepare();
        return base.Send(request, cancellationToken);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Prepare();
        return base.SendAsync(request, cancellationToken);
    }

    private void Prepare()
    {
        if (Volatile.Read(ref _ready))
        {
            return;
        }

        lock (StandIns)
        {
            if (!_ready)
            {
                Replace(this);
                Volatile.Write(ref _ready, true);
            }
        }
    }

    private void Replace(DelegatingHandler outer)
    {
        while (outer.InnerHandler is DelegatingHandler inner)
        {
            outer = inner;
        }

        if (outer.InnerHandler is { } last && StandInFor(last) is { } standIn)
        {
            outer.InnerHandler = standIn;
        }
    }

    private ChannelHandler? StandInFor(HttpMessageHandler original)
    {
        if (!StandIns.TryGetValue(original, out var standIn) && (standIn = ChannelHandler.For(channel, original)) is not null)
        {
            StandIns.Add(original, standIn);
        }

        return standIn;
    }
}
