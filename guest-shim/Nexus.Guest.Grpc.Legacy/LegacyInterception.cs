using System.Runtime.CompilerServices;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>The entry points that the rewriting rules call.</summary>
public static class LegacyInterception
{
    private static readonly ConditionalWeakTable<LibraryChannel, LegacyChannel> Channels = [];

    /// <summary>Called instead of the rest of a channel's constructor, which would load the native library and start its threads.</summary>
    /// <exception cref="NotSupportedException">NEXUS0755 or NEXUS0756: an address or setting that could not be honoured.</exception>
    public static void Create(LibraryChannel channel, string target, ChannelCredentials credentials, IEnumerable<ChannelOption>? options) =>
        Channels.Add(channel, new LegacyChannel(LegacyTarget.Create(GuestChannel.Current!.Peer, target, credentials, options)));

    /// <summary>Called instead of asking the native channel.</summary>
    public static ChannelState GetConnectivityState(LibraryChannel channel, bool tryToConnect)
    {
        var known = Of(channel);
        if (tryToConnect)
        {
            known.Connect();
        }

        return known.State;
    }

    /// <summary>Called instead of watching the native channel.</summary>
    public static Task<bool> TryWaitForStateChangedAsync(LibraryChannel channel, ChannelState lastObservedState, DateTime? deadline) =>
        Of(channel).WaitAsync(lastObservedState, deadline);

    /// <summary>Called instead of asking the native channel.</summary>
    public static string ResolvedTarget(LibraryChannel channel) => Of(channel).Target.Target;

    /// <summary>Called in place of the getter.</summary>
    public static CancellationToken ShutdownToken(LibraryChannel channel) => Of(channel).ShutdownToken;

    /// <summary>Called instead of closing the native channel: later calls fail, those that run go on.</summary>
    public static async Task ShutdownAsync(LibraryChannel channel)
    {
        Of(channel).ShutDown();
        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>Called instead of shutting down the channels that the library knows.</summary>
    public static Task ShutdownChannelsAsync() =>
        Task.WhenAll(Channels.Where(static pair => !pair.Value.IsShutDown).Select(static pair => pair.Key.ShutdownAsync()).ToArray());

    /// <summary>Called instead of the rest of a server's constructor.</summary>
    /// <exception cref="NotSupportedException">NEXUS0757.</exception>
    public static void RefuseServer(Server server, IEnumerable<ChannelOption>? options) =>
        throw new NotSupportedException(GrpcStubDiagnostics.LegacyServer.With(server.GetType().FullName!).Message);

    public static TResponse BlockingUnaryCall<TRequest, TResponse>(CallInvocationDetails<TRequest, TResponse> call, TRequest req)
        where TRequest : class
        where TResponse : class => Start(call, MethodType.Unary, req).Response.GetAwaiter().GetResult();

    public static AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        CallInvocationDetails<TRequest, TResponse> call,
        TRequest req
    )
        where TRequest : class
        where TResponse : class
    {
        var started = Start(call, MethodType.Unary, req);
        return new AsyncUnaryCall<TResponse>(
            started.Response,
            LegacyCall.Headers,
            LegacyCall.Status,
            LegacyCall.Trailers,
            LegacyCall.Cancellation,
            started
        );
    }

    public static AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        CallInvocationDetails<TRequest, TResponse> call,
        TRequest req
    )
        where TRequest : class
        where TResponse : class
    {
        var started = Start(call, MethodType.ServerStreaming, req);
        return new AsyncServerStreamingCall<TResponse>(
            new LegacyResponseStream<TRequest, TResponse>(started),
            LegacyCall.Headers,
            LegacyCall.Status,
            LegacyCall.Trailers,
            LegacyCall.Cancellation,
            started
        );
    }

    public static AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        CallInvocationDetails<TRequest, TResponse> call
    )
        where TRequest : class
        where TResponse : class
    {
        var started = Start(call, MethodType.ClientStreaming, request: null);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            new LegacyRequestStream<TRequest, TResponse>(started),
            started.Response,
            LegacyCall.Headers,
            LegacyCall.Status,
            LegacyCall.Trailers,
            LegacyCall.Cancellation,
            started
        );
    }

    public static AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        CallInvocationDetails<TRequest, TResponse> call
    )
        where TRequest : class
        where TResponse : class
    {
        var started = Start(call, MethodType.DuplexStreaming, request: null);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            new LegacyRequestStream<TRequest, TResponse>(started),
            new LegacyResponseStream<TRequest, TResponse>(started),
            LegacyCall.Headers,
            LegacyCall.Status,
            LegacyCall.Trailers,
            LegacyCall.Cancellation,
            started
        );
    }

    private static LegacyCall<TRequest, TResponse> Start<TRequest, TResponse>(
        CallInvocationDetails<TRequest, TResponse> details,
        MethodType type,
        TRequest? request
    )
        where TRequest : class
        where TResponse : class
    {
        var channel = Of(details.Channel);
        var call = new LegacyCall<TRequest, TResponse>(channel, channel.Target.Method(type, details.Method, details.Host), details);
        call.Start(request);
        return call;
    }

    private static LegacyChannel Of(LibraryChannel channel) =>
        Channels.TryGetValue(channel, out var known)
            ? known
            : throw new InvalidOperationException("A gRPC channel that was made before this process had a channel of its own.");
}
