using System.Globalization;
using Nexus.Channel;
using Nexus.Channel.Interop;

namespace Nexus.Bench.Channel;

/// <summary>A backend here and guests in another process, joined by one region each.</summary>
internal sealed class ChannelPair : IDisposable
{
    private readonly ChannelPump _pump;

    public ChannelPair(int spinMicroseconds, int instances = 1)
    {
        _pump = new ChannelPump("backend", mostThreads: 2, spinMicroseconds);
        var descriptors = new List<FileDescriptor>();
        var peers = new List<(ChannelPeer Peer, EventDoorbell Own)>();
        for (var i = 0; i < instances; i++)
        {
            var (toBackend, toGuest) = (EventDoorbell.Create(), EventDoorbell.Create());
            var region = ChannelRegion.Create(ChannelOptions.Default);
            descriptors.AddRange([region.Descriptor!, toBackend.Descriptor, toGuest.Descriptor]);
            peers.Add((new ChannelPeer(region, ChannelRole.Backend, toGuest, toBackend, call => call.Dispose()), toBackend));
        }

        Process = new PeerProcess(["channel-peer", spinMicroseconds.ToString(CultureInfo.InvariantCulture)], [.. descriptors]);
        peers.ForEach(peer => _pump.Add(peer.Peer, peer.Own));
        _pump.Start();
        Backends = [.. peers.Select(peer => peer.Peer)];
    }

    public IReadOnlyList<ChannelPeer> Backends { get; }

    public PeerProcess Process { get; }

    /// <summary>One call: so many bytes there, so many back.</summary>
    public async ValueTask RoundTripAsync(int size)
    {
        using var call = await Backends[0]
            .OpenAsync(BenchHead.Protocol, new BenchHead(size), timeout: null, final: size == 0)
            .ConfigureAwait(false);
        if (size > 0)
        {
            await Payload.SendAsync(call, size).ConfigureAwait(false);
        }

        await Payload.TakeAsync(call).ConfigureAwait(false);
    }

    /// <summary>One call with a long payload there.</summary>
    public async ValueTask StreamAsync(long size)
    {
        using var call = await Backends[0]
            .OpenAsync(BenchHead.Protocol, new BenchHead(0), timeout: null, final: false)
            .ConfigureAwait(false);
        await Payload.SendAsync(call, size).ConfigureAwait(false);
        await Payload.TakeAsync(call).ConfigureAwait(false);
    }

    public void Dispose()
    {
        Process.Dispose();
        _pump.Dispose();
        foreach (var backend in Backends)
        {
            backend.Dispose();
        }
    }
}
