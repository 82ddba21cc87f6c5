using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Nexus.Backend.Functions;
using Nexus.Backend.Http2;
using Nexus.Backend.Http2.Hpack;
using Nexus.Backend.Metrics;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Executes guests' gRPC calls: requests go from the arena to a pooled HTTP/2 connection, answers from the connection into the arena.</summary>
public sealed class GrpcCallExecutor : ICallExecutor, IDisposable
{
    /// <summary>How often a call is sent again that a server says to have ignored, as often as .NET's client does.</summary>
    private const int MostRepeats = 3;

    private readonly GrpcConnections _connections;
    private readonly NexusMetrics _metrics;
    private readonly ResolveNames _resolve;
    private readonly ConcurrentDictionary<string, GrpcRoutes> _routes = new(StringComparer.Ordinal);

    /// <param name="pump">Its threads wait for the connections, and run what waited for them.</param>
    /// <param name="metrics">Counts calls.</param>
    public GrpcCallExecutor(ChannelPump pump, NexusMetrics metrics)
        : this(pump, metrics, Dns.GetHostAddressesAsync) { }

    internal GrpcCallExecutor(ChannelPump pump, NexusMetrics metrics, ResolveNames resolve)
    {
        _metrics = metrics;
        _resolve = resolve;
        _connections = new GrpcConnections(pump);
    }

    public ushort Protocol => ChannelProtocol.Grpc;

    /// <summary>Finds the server of this node that a method's address leads to; null, and everything goes over a connection.</summary>
    public Func<Uri, INodeUpstream?>? InNode { get; set; }

    public void Dispose() => _connections.Dispose();

    public async Task ExecuteAsync(ChannelCall call, FunctionDefinition function)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        var head = GrpcCallHead.Read(call.Head);
        var routes = _routes.GetOrAdd(
            function.Name,
            static (_, made) => new GrpcRoutes(made.function, made._resolve),
            (function, _resolve)
        );
        if (!await routes.Slots.EnterAsync(call).ConfigureAwait(false))
        {
            _metrics.GrpcCall(function.Name, "cancelled", Stopwatch.GetElapsedTime(started));
            call.Abort(AbortCode.Cancelled);
            return;
        }

        try
        {
            outcome = await ExchangeAsync(call, head, routes).ConfigureAwait(false);
        }
        catch (NexusException refusal)
        {
            outcome = "refused";
            await FailAsync(call, FailureReport.Refusal(refusal)).ConfigureAwait(false);
        }
        catch (Exception) when (call.Aborted.IsCancellationRequested)
        {
            outcome = "cancelled";
            call.Abort(AbortCode.Cancelled);
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
        {
            await FailAsync(call, FailureReport.Of(failure)).ConfigureAwait(false);
        }
        finally
        {
            routes.Slots.Leave();
            _metrics.GrpcCall(function.Name, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task<string> ExchangeAsync(ChannelCall call, GrpcCallHead head, GrpcRoutes routes)
    {
        var route = routes.For(head.Method);
        var waits = (head.Flags & GrpcCallFlags.WaitForReady) != 0;
        // A name that a function of this node serves need not be known to anybody else.
        if (route.Named is { } named && InNode?.Invoke(route.UriAt(named)) is { } byName)
        {
            return await ServeInNodeAsync(byName, route, named, head, call).ConfigureAwait(false);
        }

        var servers = await FirstInOrderAsync(route, waits, call.Aborted).ConfigureAwait(false);
        if (route.Named is null && InNode?.Invoke(route.UriAt(servers[0])) is { } byAddress)
        {
            return await ServeInNodeAsync(byAddress, route, servers[0], head, call).ConfigureAwait(false);
        }

        await SendAsync(route, servers, head, call).ConfigureAwait(false);
        return "answered";
    }

    private static async Task<string> ServeInNodeAsync(
        INodeUpstream upstream,
        GrpcRoute route,
        GrpcServer server,
        GrpcCallHead head,
        ChannelCall call
    )
    {
        if (!server.ReachesThisMachine)
        {
            throw GrpcDiagnostics.ThisMachine.With($"{server.Address.Scheme}://{server.Address.Authority}");
        }

        await upstream.ServeAsync(GrpcRequest.ForNode(route, server, head), new NodeExchange(call), call.Aborted).ConfigureAwait(false);
        return "answered";
    }

    /// <summary>Sends the call to the first of its servers that can be reached.</summary>
    private async Task SendAsync(GrpcRoute route, GrpcServer[] servers, GrpcCallHead head, ChannelCall call)
    {
        var kind = route.Method.Kind;
        var isSingle = kind is GrpcCallKind.Unary or GrpcCallKind.ClientStreaming;
        var request = new RingRequest(call, startsAtOnce: kind is GrpcCallKind.ClientStreaming or GrpcCallKind.Duplex);
        for (var attempts = 1; ; attempts++)
        {
            var (connection, server) = await ConnectAsync(route, servers, head, call.Aborted).ConfigureAwait(false);
            var block = EncodeOrLeave(route, server, head, connection);
            using var exchange = new GrpcExchange(call, request, isSingle, mayRepeat: attempts <= MostRepeats, call.Aborted);
            if (await exchange.RunAsync(connection, block).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private static HeaderBlock EncodeOrLeave(GrpcRoute route, GrpcServer server, GrpcCallHead head, Http2Connection connection)
    {
        try
        {
            return GrpcRequest.Encode(route, server, head);
        }
        catch
        {
            connection.Leave();
            throw;
        }
    }

    private async ValueTask<(Http2Connection Connection, GrpcServer Server)> ConnectAsync(
        GrpcRoute route,
        GrpcServer[] servers,
        GrpcCallHead head,
        CancellationToken cancellation
    )
    {
        var waits = (head.Flags & GrpcCallFlags.WaitForReady) != 0;
        var backoff = new ConnectBackoff();
        for (var i = 0; ; i++)
        {
            if (i == servers.Length)
            {
                await backoff.WaitAsync(cancellation).ConfigureAwait(false);
                servers = await FirstInOrderAsync(route, waits, cancellation).ConfigureAwait(false);
                i = 0;
            }

            try
            {
                var connection = await _connections.EnterAsync(servers[i], cancellation).ConfigureAwait(false);
                servers[i].Reached();
                return (connection, servers[i]);
            }
            catch (HttpRequestException failure) when (FailureReport.Of(failure).Kind == GrpcFailureKind.Connect)
            {
                servers[i].Missed();
                if (!waits && i == servers.Length - 1)
                {
                    throw;
                }
            }
        }
    }

    private static async ValueTask<GrpcServer[]> FirstInOrderAsync(GrpcRoute route, bool waits, CancellationToken cancellation)
    {
        for (var backoff = new ConnectBackoff(); ; )
        {
            try
            {
                return await route.InOrderAsync(cancellation).ConfigureAwait(false);
            }
            catch (HttpRequestException) when (waits)
            {
                await backoff.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private static ValueTask FailAsync(ChannelCall call, GrpcFailure failure) =>
        call.SendAsync(FrameKind.Trailers, new GrpcResponseEnd { Failure = failure }, final: true);
}
