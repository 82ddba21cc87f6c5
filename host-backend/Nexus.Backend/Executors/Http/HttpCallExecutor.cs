using System.Collections.Concurrent;
using System.Net.Http;
using Nexus.Backend.Functions;
using Nexus.Backend.Metrics;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Http;

/// <summary>Executes guests' HTTP requests: bodies go from the arena to the connection and from the connection into the arena.</summary>
/// <param name="pools">The node's connections.</param>
/// <param name="metrics">Counts calls.</param>
public sealed class HttpCallExecutor(HttpPools pools, NexusMetrics metrics) : ICallExecutor
{
    private readonly ConcurrentDictionary<string, HttpFunctionCalls> _functions = new(StringComparer.Ordinal);

    public ushort Protocol => ChannelProtocol.Http;

    public async Task ExecuteAsync(ChannelCall call, FunctionDefinition function)
    {
        var head = HttpRequestHead.Read(call.Head.Span);
        var calls = _functions.GetOrAdd(function.Name, static (_, made) => new HttpFunctionCalls(made), function);
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        if (!await calls.Slots.EnterAsync(call).ConfigureAwait(false))
        {
            return;
        }

        var status = 0;
        var host = HttpFunctionCalls.RefusedHost;
        try
        {
            using var request = HttpRequestReader.Read(head, call, calls.Policy, out var key);
            host = request.RequestUri!.Host;
            status = await ExchangeAsync(call, request, key).ConfigureAwait(false);
        }
        catch (NexusException refusal)
        {
            await new HttpAnswerSender(call, null).FailAsync(refusal).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            call.Abort(AbortCode.Cancelled);
        }
        finally
        {
            calls.Slots.Leave();
            metrics.HttpCall(function.Name, host, status, System.Diagnostics.Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task<int> ExchangeAsync(ChannelCall call, HttpRequestMessage request, HttpPoolKey key)
    {
        var sender = new HttpAnswerSender(call, request.Content as HttpRingContent);
        HttpResponseMessage response;
        try
        {
            response = await pools.For(key).SendAsync(request, call.Aborted).ConfigureAwait(false);
        }
        catch (Exception failure) when (!call.Aborted.IsCancellationRequested && Violation(failure) is null)
        {
            await sender.FailAsync(failure).ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (Violation(failure) is { } violation)
        {
            throw violation;
        }
        catch (Exception) when (call.Aborted.IsCancellationRequested)
        {
            call.Abort(AbortCode.Cancelled);
            return 0;
        }

        using (response)
        {
            await sender.SendAsync(response).ConfigureAwait(false);
            return (int)response.StatusCode;
        }
    }

    /// <summary>What the guest did wrong in its body, however deep the HTTP stack has wrapped it.</summary>
    private static ProtocolViolationException? Violation(Exception failure)
    {
        for (Exception? link = failure; link is not null; link = link.InnerException)
        {
            if (link is ProtocolViolationException violation)
            {
                return violation;
            }
        }

        return null;
    }
}
