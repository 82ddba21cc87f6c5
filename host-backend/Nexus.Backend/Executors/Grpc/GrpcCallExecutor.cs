using System.Collections.Concurrent;
using System.Diagnostics;
using Nexus.Backend.Functions;
using Nexus.Backend.Metrics;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Executes guests' gRPC calls: requests go from the arena to a pooled HTTP/2 connection, answers from the connection into the arena.</summary>
public sealed class GrpcCallExecutor : ICallExecutor, IDisposable
{
    private readonly GrpcConnections _connections;
    private readonly NexusMetrics _metrics;
    private readonly ConcurrentDictionary<string, GrpcRoutes> _routes = new(StringComparer.Ordinal);

    /// <param name="pump">Its threads wait for the connections, and run what waited for them.</param>
    /// <param name="metrics">Counts calls.</param>
    public GrpcCallExecutor(ChannelPump pump, NexusMetrics metrics)
        : this(pump, metrics, configure: null) { }

    internal GrpcCallExecutor(ChannelPump pump, NexusMetrics metrics, Action<SocketsHttpHandler>? configure)
    {
        _metrics = metrics;
        _connections = new GrpcConnections(pump, configure);
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
        var routes = _routes.GetOrAdd(function.Name, static (_, function) => new GrpcRoutes(function), function);
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
        if (InNode?.Invoke(route.Uri) is { } upstream)
        {
            if (!route.ReachesThisMachine)
            {
                throw GrpcDiagnostics.ThisMachine.With($"{route.Uri.Scheme}://{route.Uri.Authority}");
            }

            await upstream.ServeAsync(GrpcRequest.ForNode(route, head), new NodeExchange(call), call.Aborted).ConfigureAwait(false);
            return "answered";
        }

        var isSingle = route.Method.Kind is GrpcCallKind.Unary or GrpcCallKind.ClientStreaming;
        var content = new RingContent(call, startsAtOnce: route.Method.Kind is GrpcCallKind.ClientStreaming or GrpcCallKind.Duplex);
        try
        {
            using var response = await SendAsync(route, head, content, call.Aborted).ConfigureAwait(false);
            await new AnswerSender(call, response, isSingle, call.Aborted).SendAsync().ConfigureAwait(false);
            return "answered";
        }
        catch (Exception) when (content.Violation is { } violation)
        {
            throw violation;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        GrpcRoute route,
        GrpcCallHead head,
        RingContent content,
        CancellationToken cancellation
    )
    {
        var waits = (head.Flags & GrpcCallFlags.WaitForReady) != 0;
        for (var backoff = new ConnectBackoff(); ; )
        {
            var request = GrpcRequest.Create(route, head, content);
            try
            {
                return await _connections.SendAsync(request, route.ReachesThisMachine, cancellation).ConfigureAwait(false);
            }
            catch (HttpRequestException failure)
                when (waits && !content.HasStarted && FailureReport.Of(failure).Kind == GrpcFailureKind.Connect)
            {
                await backoff.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }
    }

    private static ValueTask FailAsync(ChannelCall call, GrpcFailure failure) =>
        call.SendAsync(FrameKind.Trailers, new GrpcResponseEnd { Failure = failure }, final: true);
}
