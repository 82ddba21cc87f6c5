using Nexus.Channel.Interop;
using Nexus.Channel.TestPeer;

namespace Nexus.Channel.Tests.Conformance;

/// <summary>Two joined ends. The near one is the backend and in this process; both run <see cref="TestService"/>.</summary>
internal abstract class TestPair : IAsyncDisposable
{
    private readonly TestService _service = new();
    private readonly ChannelPump _pump = new("near", mostThreads: 4, spinMicroseconds: 0);
    private readonly EventDoorbell _toBackend;
    private readonly EventDoorbell _toGuest;
    private int _key;

    protected TestPair(ChannelRegion region)
    {
        _toBackend = EventDoorbell.Create();
        _toGuest = EventDoorbell.Create();
        Near = new ChannelPeer(region, ChannelRole.Backend, _toGuest, _toBackend, _service.Accept);
    }

    public ChannelPeer Near { get; private set; }

    /// <summary>A memfd whose blocks tell what memory the region takes; null when there is none.</summary>
    public virtual FileDescriptor? Memory => null;

    protected EventDoorbell ToBackend => _toBackend;

    protected EventDoorbell ToGuest => _toGuest;

    /// <summary>The backend dies without a word; another one takes the region over.</summary>
    public void TakeOver()
    {
        var region = AnotherMapping();
        StopNear();
        Near = new ChannelPeer(region, ChannelRole.Backend, _toGuest, _toBackend, _service.Accept, takeOver: true);
        StartNear();
    }

    /// <summary>The guest dies without a word.</summary>
    public abstract void KillFar();

    public async ValueTask DisposeAsync()
    {
        var region = Near.Region;
        StopNear();
        _pump.Dispose();
        await StopFarAsync();
        _toBackend.Dispose();
        _toGuest.Dispose();
        await Watch.UntilAsync(() => region.IsUnmapped, "the region is still mapped");
    }

    protected abstract ChannelRegion AnotherMapping();

    protected abstract Task StopFarAsync();

    protected void StartNear()
    {
        _key = _pump.Add(Near, _toBackend);
        if (_key == 0)
        {
            _pump.Start();
        }
    }

    private void StopNear()
    {
        _pump.Remove(_key, _toBackend);
        Near.Dispose();
    }
}
