using System.Runtime.CompilerServices;

namespace Nexus.Guest.Grpc.NetClient;

/// <summary>The entry points that the rewriting rules call.</summary>
public static class GrpcChannelInterception
{
    private static readonly ConditionalWeakTable<GrpcChannel, GrpcTarget> Targets = [];

    /// <summary>Called when a channel was made: reads its options, if this process has a channel of its own.</summary>
    /// <exception cref="NotSupportedException">NEXUS0750 to NEXUS0753: an option that could not be honoured.</exception>
    public static GrpcChannel Remember(GrpcChannel result, Uri address, GrpcChannelOptions channelOptions)
    {
        if (GuestChannel.Current is { } channel)
        {
            Targets.AddOrUpdate(result, NetClientTarget.Create(channel.Peer, address, channelOptions));
        }

        return result;
    }

    /// <summary>Called instead of making the library's own invoker, in a process that has a channel.</summary>
    /// <exception cref="ObjectDisposedException">The channel was disposed of.</exception>
    public static CallInvoker CreateCallInvoker(GrpcChannel channel)
    {
        var target = TargetOf(channel);
        ObjectDisposedException.ThrowIf(target.IsDisposed, typeof(GrpcChannel));
        return new ChannelCallInvoker(target);
    }

    /// <summary>Called when a channel is disposed of: its calls end.</summary>
    public static void Dispose(GrpcChannel channel)
    {
        if (Targets.TryGetValue(channel, out var target))
        {
            target.Dispose();
        }
    }

    private static GrpcTarget TargetOf(GrpcChannel channel) =>
        Targets.TryGetValue(channel, out var target)
            ? target
            : throw new InvalidOperationException("A gRPC channel that was not made by GrpcChannel.ForAddress.");
}
