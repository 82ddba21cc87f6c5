using System.Runtime.CompilerServices;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>The entry points that the rewriting rules call.</summary>
public static class GrpcChannelInterception
{
    private static readonly ConditionalWeakTable<GrpcChannel, NetClientChannel> Targets = [];

    /// <summary>Called when a channel was made: reads its options, if this process has a channel of its own.</summary>
    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0754: an option that could not be honoured.</exception>
    public static GrpcChannel Remember(GrpcChannel result, Uri address, GrpcChannelOptions channelOptions)
    {
        if (GuestChannel.Current is not { } channel)
        {
            return result;
        }

        if (channelOptions.HttpHandler is LibraryHandler handler)
        {
            Targets.AddOrUpdate(result, new NetClientChannel(calls: null, handler.Servers));
            return result;
        }

        if (LibraryChannel.Create(channel.Peer, address, channelOptions) is { } repeated)
        {
            // The first channel has not connected and never will; this call comes by here once more.
            return GrpcChannel.ForAddress(repeated.Address, repeated.Options);
        }

        var calls = NetClientTarget.Create(channel.Peer, address, channelOptions);
        Targets.AddOrUpdate(result, new NetClientChannel(calls, calls.Servers));
        return result;
    }

    /// <summary>Called instead of making the library's own invoker, in a process that has a channel.</summary>
    /// <exception cref="ObjectDisposedException">The channel was disposed of.</exception>
    public static CallInvoker CreateCallInvoker(GrpcChannel channel)
    {
        var target = TargetOf(channel);
        ObjectDisposedException.ThrowIf(target.IsDisposed, typeof(GrpcChannel));
        return target.Calls is { } calls ? new ChannelCallInvoker(calls) : RuleCounters.AsItWas(channel.CreateCallInvoker);
    }

    /// <summary>Called instead of connecting: connections are the backend's, which makes them when they are needed.</summary>
    public static Task ConnectAsync(GrpcChannel channel, CancellationToken cancellationToken)
    {
        var target = TargetOf(channel);
        ObjectDisposedException.ThrowIf(target.IsDisposed, typeof(GrpcChannel));
        cancellationToken.ThrowIfCancellationRequested();
        target.Connectivity.Connect();
        return Task.CompletedTask;
    }

    /// <summary>Called instead of asking the library's own connections: idle until connected, then ready.</summary>
    public static ConnectivityState State(GrpcChannel channel) => TargetOf(channel).Connectivity.State;

    /// <summary>Called instead of watching the library's own connections.</summary>
    public static Task WaitForStateChangedAsync(
        GrpcChannel channel,
        ConnectivityState lastObservedState,
        CancellationToken cancellationToken
    )
    {
        var target = TargetOf(channel);
        ObjectDisposedException.ThrowIf(target.IsDisposed, typeof(GrpcChannel));
        return target.Connectivity.WaitAsync(lastObservedState, cancellationToken);
    }

    /// <summary>Called when a channel is disposed of: its calls end.</summary>
    public static void Dispose(GrpcChannel channel)
    {
        if (Targets.TryGetValue(channel, out var target))
        {
            target.Dispose();
        }
    }

    private static NetClientChannel TargetOf(GrpcChannel channel) =>
        Targets.TryGetValue(channel, out var target)
            ? target
            : throw new InvalidOperationException("A gRPC channel that was not made by GrpcChannel.ForAddress.");
}
