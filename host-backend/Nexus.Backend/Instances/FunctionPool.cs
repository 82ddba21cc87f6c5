using System.Diagnostics;
using System.Text;
using Nexus.Backend.Functions;

namespace Nexus.Backend.Instances;

/// <summary>
/// The instances of one function. The most recently used idle one is taken first, so that the others grow cold and are reaped; a new one is started when none is
/// idle and the limit allows.
/// </summary>
public sealed class FunctionPool : IInstancePool
{
    private readonly object _gate = new();
    private readonly InstanceServices _services;
    private readonly LinkedList<Instance> _idle = [];
    private readonly HashSet<Instance> _all = [];

    // Instances that live or are being started.
    private int _slots;
    private int _running;
    private bool _closed;

    public FunctionPool(FunctionDefinition function, InstanceServices services)
    {
        Function = function;
        _services = services;
    }

    public FunctionDefinition Function { get; }

    /// <summary>Invocations that run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Instances that live, idle ones included.</summary>
    public IReadOnlyList<Instance> Instances
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Runs one invocation; null when every instance is busy and no more may be started, which Lambda calls throttled.</summary>
    /// <exception cref="Diagnostics.NexusException">The node is draining, or the sandbox cannot be had here.</exception>
    public async Task<InvocationResult?> InvokeAsync(Invocation invocation)
    {
        Instance? instance;
        lock (_gate)
        {
            if (_closed)
            {
                throw InstanceDiagnostics.Draining.With(Function.Name);
            }

            instance = TakeIdle();
            if (instance is null && _slots >= Function.MaxInstances)
            {
                return null;
            }

            _slots += instance is null ? 1 : 0;
        }

        Interlocked.Increment(ref _running);
        try
        {
            return instance is null
                ? await InvokeOnNewAsync(invocation).ConfigureAwait(false)
                : await InvokeOnAsync(instance, invocation, Function.Timeout).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Starts an instance ahead of the invocation that will want it. Null when it is ready, else what an invocation would have been answered.</summary>
    /// <exception cref="Diagnostics.NexusException">The node is draining, or the sandbox cannot be had here.</exception>
    public async Task<InvocationResult?> WarmAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw InstanceDiagnostics.Draining.With(Function.Name);
            }

            _slots++;
        }

        var start = await StartAsync(requestId: "-", Function.InitPhase).ConfigureAwait(false);
        if (start.Instance is null)
        {
            return start.Error ?? LambdaErrors.TimedOut("-", Function.InitPhase);
        }

        lock (_gate)
        {
            if (!_closed && _all.Contains(start.Instance))
            {
                _idle.AddFirst(start.Instance);
            }
        }

        return null;
    }

    /// <summary>Takes an instance of an earlier backend in; it serves as soon as it says that it is ready.</summary>
    public void Adopt(Instance instance)
    {
        lock (_gate)
        {
            _slots++;
            _all.Add(instance);
        }

        _ = ForgetWhenEndedAsync(instance);
        _ = AdoptAsync(instance);
    }

    private async Task AdoptAsync(Instance instance)
    {
        // It may still be busy with an invocation whose caller is gone.
        var outcome = await WaitUntilReadyAsync(instance, requestId: "-", Function.Timeout + Function.InitPhase).ConfigureAwait(false);
        if (outcome.Instance is null)
        {
            await EndAsync(instance).ConfigureAwait(false);
            return;
        }

        lock (_gate)
        {
            if (!_closed && _all.Contains(instance))
            {
                _idle.AddLast(instance);
            }
        }
    }

    /// <summary>Ends instances that have been idle for too long.</summary>
    public async Task ReapAsync()
    {
        var old = new List<Instance>();
        lock (_gate)
        {
            while (_idle.Last is { Value: var instance } && Stopwatch.GetElapsedTime(instance.IdleSince) > Function.IdleTimeout)
            {
                _idle.RemoveLast();
                old.Add(instance);
            }
        }

        foreach (var instance in old)
        {
            await EndAsync(instance).ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more invocations, waits for those that run, at most for <paramref name="patience"/>, and ends all instances.</summary>
    public async Task DrainAsync(TimeSpan patience)
    {
        lock (_gate)
        {
            _closed = true;
        }

        var started = Stopwatch.GetTimestamp();
        while (Running > 0 && Stopwatch.GetElapsedTime(started) < patience)
        {
            await Task.Delay(20).ConfigureAwait(false);
        }

        await Task.WhenAll(Instances.Select(static instance => instance.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _services.Rehearsed.CloseAsync(Function.Name).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await DrainAsync(TimeSpan.Zero).ConfigureAwait(false);

    private Instance? TakeIdle()
    {
        while (_idle.First is { Value: var instance })
        {
            _idle.RemoveFirst();
            if (instance.IsAlive)
            {
                return instance;
            }

            Forget(instance);
        }

        return null;
    }

    private async Task<InvocationResult> InvokeOnNewAsync(Invocation invocation)
    {
        var start = await StartAsync(invocation.RequestId, Function.InitPhase).ConfigureAwait(false);
        if (!start.TimedOut)
        {
            return start.Instance is null
                ? start.Error!
                : await InvokeOnAsync(start.Instance, invocation, Function.Timeout).ConfigureAwait(false);
        }

        // The init phase was too long: once more, inside the invocation and under the function's own timeout, as Lambda does.
        lock (_gate)
        {
            _slots++;
        }

        var started = Stopwatch.GetTimestamp();
        start = await StartAsync(invocation.RequestId, Function.Timeout).ConfigureAwait(false);
        if (start.Instance is null)
        {
            return start.Error ?? LambdaErrors.TimedOut(invocation.RequestId, Function.Timeout);
        }

        var left = Function.Timeout - Stopwatch.GetElapsedTime(started);
        var timeout = left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
        return await InvokeOnAsync(start.Instance, invocation, timeout).ConfigureAwait(false);
    }

    /// <summary>Starts an instance in a slot the caller took, and waits until it is ready.</summary>
    private async Task<StartOutcome> StartAsync(string requestId, TimeSpan patience)
    {
        Instance instance;
        try
        {
            instance = await Instance.StartAsync(Function, _services, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            lock (_gate)
            {
                _slots--;
            }

            InstanceLogMessages.StartFailed(_services.Logger, Function.Name, failure);
            throw;
        }

        lock (_gate)
        {
            _all.Add(instance);
        }

        _ = ForgetWhenEndedAsync(instance);
        var outcome = await WaitUntilReadyAsync(instance, requestId, patience).ConfigureAwait(false);
        if (outcome.Instance is null)
        {
            await EndAsync(instance).ConfigureAwait(false);
        }

        return outcome;
    }

    private static async Task<StartOutcome> WaitUntilReadyAsync(Instance instance, string requestId, TimeSpan patience)
    {
        try
        {
            var report = await instance.Ready.WaitAsync(patience).ConfigureAwait(false);
            if (report.Length > 0)
            {
                return new StartOutcome(null, new InvocationResult(Encoding.UTF8.GetBytes(report), "Unhandled"));
            }
        }
        catch (TimeoutException)
        {
            return new StartOutcome(null, null);
        }

        if (instance.IsAlive && !instance.Peer.IsClosed)
        {
            return new StartOutcome(instance, null);
        }

        var exit = await instance.Process.Exited.ConfigureAwait(false);
        return new StartOutcome(null, LambdaErrors.Exited(requestId, exit));
    }

    private async Task<InvocationResult> InvokeOnAsync(Instance instance, Invocation invocation, TimeSpan timeout)
    {
        var result = await instance.InvokeAsync(invocation, timeout).ConfigureAwait(false);
        var keep = instance.IsAlive && !instance.Peer.IsClosed && !result.EndsInstance;
        lock (_gate)
        {
            if (keep && !_closed && _all.Contains(instance))
            {
                _idle.AddFirst(instance);
            }
        }

        if (!keep)
        {
            await EndAsync(instance).ConfigureAwait(false);
        }

        return result;
    }

    private async Task EndAsync(Instance instance)
    {
        await instance.DisposeAsync().ConfigureAwait(false);
        lock (_gate)
        {
            Forget(instance);
        }
    }

    /// <summary>An instance may die while nobody uses it; its slot must not wait until somebody wants it.</summary>
    private async Task ForgetWhenEndedAsync(Instance instance)
    {
        await instance.Process.Exited.ConfigureAwait(false);
        lock (_gate)
        {
            _idle.Remove(instance);
            Forget(instance);
        }
    }

    private void Forget(Instance instance)
    {
        if (_all.Remove(instance))
        {
            _slots--;
        }
    }

    /// <summary>A ready instance, an error to answer with, or neither when the time ran out.</summary>
    private sealed record StartOutcome(Instance? Instance, InvocationResult? Error)
    {
        public bool TimedOut => Instance is null && Error is null;
    }
}
