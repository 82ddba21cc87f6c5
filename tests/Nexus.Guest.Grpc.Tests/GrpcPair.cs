using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Functions;
using Nexus.Backend.Metrics;
using Nexus.Channel;
using Nexus.Channel.Interop;
using Nexus.Guest.Grpc.NetClient;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>A guest's end and a backend's end of one channel in this process, with the real executor behind it.</summary>
internal sealed class GrpcPair : IAsyncDisposable
{
    private readonly ChannelPump _pump = new("pair", mostThreads: 4, spinMicroseconds: 0);
    private readonly EventDoorbell _toBackend = EventDoorbell.Create();
    private readonly EventDoorbell _toGuest = EventDoorbell.Create();
    private readonly NexusMetrics _metrics = new();
    private readonly GrpcCallExecutor _executor;
    private readonly FunctionDefinition _function;
    private readonly List<Exception> _faults = [];
    private int _calls;

    public GrpcPair(
        IReadOnlyList<string>? allowed = null,
        Func<Uri, INodeUpstream?>? inNode = null,
        int atOnce = 512,
        ResolveNames? resolve = null
    )
    {
        _executor = new GrpcCallExecutor(_pump, _metrics, resolve ?? System.Net.Dns.GetHostAddressesAsync) { InNode = inNode };
        _function = new FunctionDefinition
        {
            Name = "pair",
            AppFolder = "/",
            Command = static (_, _) => [],
            Region = "",
            MaxCallsInFlight = atOnce,
            AllowedUpstreams = allowed ?? ["*", TrialServer.Address.Authority],
        };
        var region = ChannelRegion.CreateOnHeap(ChannelOptions.Default);
        region.AddReference();
        Backend = new ChannelPeer(region, ChannelRole.Backend, _toGuest, _toBackend, call => _ = ServeAsync(call));
        Guest = new ChannelPeer(region, ChannelRole.Guest, _toBackend, _toGuest, static call => call.Dispose());
        _pump.Add(Backend, _toBackend);
        _pump.Add(Guest, _toGuest);
        _pump.Start();
    }

    public ChannelPeer Guest { get; }

    public ChannelPeer Backend { get; }

    /// <summary>How many the backend was asked to make.</summary>
    public int Calls => _calls;

    /// <summary>What the backend would have ended the guest for.</summary>
    public IReadOnlyList<Exception> Faults => _faults;

    /// <summary>A client whose calls go through the channel.</summary>
    public Trial.TrialClient Client(Uri? address = null, GrpcChannelOptions? options = null) => new(Invoker(address, options));

    public CallInvoker Invoker(Uri? address = null, GrpcChannelOptions? options = null) =>
        new ChannelCallInvoker(NetClientTarget.Create(Guest, address ?? TrialServer.Address, options ?? new GrpcChannelOptions()));

    /// <summary>A client of a channel whose calls the library makes itself, by its service config.</summary>
    public Trial.TrialClient Library(GrpcChannelOptions options, Uri? address = null)
    {
        var repeated =
            LibraryChannel.Create(Guest, address ?? TrialServer.Address, options) ?? throw new ArgumentException("Nothing is repeated.");
        return new(GrpcChannel.ForAddress(repeated.Address, repeated.Options));
    }

    public async ValueTask DisposeAsync()
    {
        Guest.Dispose();
        Backend.Dispose();
        _pump.Dispose();
        _executor.Dispose();
        _metrics.Dispose();
        await Task.Yield();
        _toBackend.Dispose();
        _toGuest.Dispose();
    }

    private async Task ServeAsync(ChannelCall call)
    {
        Interlocked.Increment(ref _calls);
        using (call)
        {
            try
            {
                await _executor.ExecuteAsync(call, _function);
            }
            catch (ChannelException)
            {
                // The guest is gone.
            }
            catch (Exception fault)
            {
                _faults.Add(fault);
                call.Abort(AbortCode.Failed);
            }
        }
    }
}
