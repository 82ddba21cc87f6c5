using Nexus.Channel.Interop;
using Nexus.Channel.TestPeer;

namespace Nexus.Channel.Tests.Conformance;

/// <summary>Both ends in this process, on heap memory or on two mappings of one memfd.</summary>
internal sealed class LocalPair : TestPair
{
    private readonly TestService _service = new();
    private readonly ChannelPump _pump = new("far", mostThreads: 4, spinMicroseconds: 0);
    private readonly ChannelPeer _far;
    private readonly FileDescriptor? _memory;
    private readonly ChannelOptions _options;
    private int _key = -1;

    public LocalPair(ChannelOptions options, bool onHeap)
        : this(onHeap ? ChannelRegion.CreateOnHeap(options) : ChannelRegion.Create(options), options) { }

    private LocalPair(ChannelRegion region, ChannelOptions options)
        : base(region)
    {
        _options = options;
        _memory = region.Descriptor is { } descriptor ? Descriptors.Duplicate(descriptor) : null;
        _far = new ChannelPeer(AnotherMapping(), ChannelRole.Guest, ToBackend, ToGuest, _service.Accept);
        _far.SessionRestarted += _service.CountRestart;
        _key = _pump.Add(_far, ToGuest);
        _pump.Start();
        StartNear();
    }

    public override FileDescriptor? Memory => _memory;

    public override void KillFar()
    {
        _pump.Remove(_key, ToGuest);
        _far.Dispose();
    }

    protected override ChannelRegion AnotherMapping()
    {
        if (_memory is not null)
        {
            return ChannelRegion.Attach(Descriptors.Duplicate(_memory), _options);
        }

        Near.Region.AddReference();
        return Near.Region;
    }

    protected override async Task StopFarAsync()
    {
        KillFar();
        _pump.Dispose();
        _memory?.Dispose();
        await Watch.UntilAsync(() => _far.Region.IsUnmapped, "the far end's region is still mapped");
    }
}
