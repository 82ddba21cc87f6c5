using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Instances;
using Nexus.Diagnostics;

namespace Nexus.Backend.Ingress;

/// <summary>
/// Asynchronous invocations, retried as Lambda does: a function error twice, after 1 and 2 minutes; throttles and failures of the node for up to 6 h,
/// backing off from 1 s to 5 min. Kept in memory: a restart of the node loses what is queued.
/// </summary>
internal sealed class AsyncInvocations(ILogger logger) : IDisposable
{
    private const int MostQueued = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(6);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);
    private readonly CancellationTokenSource _stopping = new();
    private int _queued;

    /// <summary>Takes an event; its function runs later.</summary>
    /// <exception cref="ApiException">Too many wait already.</exception>
    public void Accept(FunctionPool pool, Invocation invocation)
    {
        if (Interlocked.Increment(ref _queued) > MostQueued)
        {
            Interlocked.Decrement(ref _queued);
            throw new ApiException(
                StatusCodes.Status429TooManyRequests,
                "TooManyRequestsException",
                InstanceDiagnostics.QueueFull.With(pool.Function.Name).Message
            );
        }

        _ = Task.Run(() => RunAsync(pool, invocation));
    }

    /// <summary>Starts no more attempts.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(FunctionPool pool, Invocation invocation)
    {
        var accepted = Stopwatch.GetTimestamp();
        var delays = pool.Function.AsyncRetryDelays;
        var backoff = TimeSpan.FromSeconds(1);
        var attempts = 0;
        var functionErrors = 0;
        try
        {
            while (Stopwatch.GetElapsedTime(accepted) < LongestWait)
            {
                attempts++;
                var result = await TryInvokeAsync(pool, invocation).ConfigureAwait(false);
                if (result is { FunctionError: null })
                {
                    return;
                }

                if (result is not null && functionErrors >= delays.Count)
                {
                    break;
                }

                var wait = result is not null ? delays[functionErrors++] : backoff;
                if (result is null)
                {
                    backoff = TimeSpan.FromTicks(Math.Min(LongestBackoff.Ticks, backoff.Ticks * 2));
                }

                await Task.Delay(wait, _stopping.Token).ConfigureAwait(false);
            }

            InstanceLogMessages.EventDropped(logger, pool.Function.Name, invocation.RequestId, attempts);
        }
        catch (OperationCanceledException)
        {
            InstanceLogMessages.EventDropped(logger, pool.Function.Name, invocation.RequestId, attempts);
        }
        finally
        {
            Interlocked.Decrement(ref _queued);
        }
    }

    /// <summary>Null when the function could not be run at all.</summary>
    private static async Task<InvocationResult?> TryInvokeAsync(FunctionPool pool, Invocation invocation)
    {
        try
        {
            return await pool.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (NexusException)
        {
            return null;
        }
    }
}
