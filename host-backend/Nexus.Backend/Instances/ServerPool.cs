using System.Diagnostics;
using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Instances;

/// <summary>
/// The instances of one server. A request goes to the oldest instance that has room, so that younger ones grow idle and are reaped; when all are full it waits, and
/// another instance starts if the limit allows.
/// </summary>
public sealed class ServerPool : IInstancePool
{
    private readonly object _gate = new();
    private readonly InstanceServices _services;
    private readonly List<ServerInstance> _ready = [];
    private readonly HashSet<Instance> _all = [];
    private readonly LinkedList<TaskCompletionSource<ServerInstance>> _waiting = [];
    private int _starting;
    private int _running;
    private bool _closed;

    public ServerPool(FunctionDefinition function, InstanceServices services)
    {
        Function = function;
        _services = services;
    }

    public FunctionDefinition Function { get; }

    public int Running => Volatile.Read(ref _running);

    /// <summary>Requests that wait for an instance.</summary>
    public int Queued
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

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

    /// <summary>
    /// Opens one request at an instance: the entry for the ingress and for calls between functions of this node. Body and answer are frames of the call, the answer's first
    /// is a <see cref="HttpResponseHead"/>.
    /// </summary>
    /// <param name="head">The request.</param>
    /// <param name="final">True when no body follows.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>The call; dispose of it when done.</returns>
    /// <exception cref="NexusException">NEXUS0252, NEXUS0810 to NEXUS0813: there is no instance to be had.</exception>
    public async ValueTask<ServerCall> OpenAsync(HttpRequestHead head, bool final, CancellationToken cancellation)
    {
        while (true)
        {
            var instance = await AcquireAsync(cancellation).ConfigureAwait(false);
            try
            {
                var call = await instance
                    .Instance.Peer.OpenAsync(ChannelProtocol.Serve, head, Function.Timeout, final, cancellation)
                    .ConfigureAwait(false);
                return new ServerCall(this, instance, call);
            }
            catch (ChannelException) when (instance.Instance.Peer.IsClosed)
            {
                // It died before it heard of the request: another one may have it.
                Release(instance);
            }
            catch
            {
                Release(instance);
                throw;
            }
        }
    }

    public void Adopt(Instance instance)
    {
        lock (_gate)
        {
            _starting++;
            _all.Add(instance);
        }

        _ = ForgetWhenEndedAsync(instance);
        _ = JoinAsync(instance);
    }

    public async Task ReapAsync()
    {
        ServerInstance[] old;
        lock (_gate)
        {
            old =
            [
                .. _ready.Where(server => server.Load == 0 && Stopwatch.GetElapsedTime(server.Instance.IdleSince) > Function.IdleTimeout),
            ];
            _ready.RemoveAll(server => Array.IndexOf(old, server) >= 0);
        }

        foreach (var server in old)
        {
            await server.Instance.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async Task DrainAsync(TimeSpan patience)
    {
        lock (_gate)
        {
            _closed = true;
            FailWaiting(InstanceDiagnostics.Draining.With(Function.Name));
        }

        var started = Stopwatch.GetTimestamp();
        while (Running > 0 && Stopwatch.GetElapsedTime(started) < patience)
        {
            await Task.Delay(20).ConfigureAwait(false);
        }

        await Task.WhenAll(Instances.Select(static instance => instance.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await DrainAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>A request is over.</summary>
    internal void Release(ServerInstance server)
    {
        Interlocked.Decrement(ref _running);
        server.Instance.Touch();
        lock (_gate)
        {
            server.Load--;
            HandOut();
        }
    }

    private async ValueTask<ServerInstance> AcquireAsync(CancellationToken cancellation)
    {
        LinkedListNode<TaskCompletionSource<ServerInstance>> waiter;
        lock (_gate)
        {
            if (_closed)
            {
                throw InstanceDiagnostics.Draining.With(Function.Name);
            }

            if (_waiting.Count == 0 && FindRoom() is { } free)
            {
                return Take(free);
            }

            if (_waiting.Count >= Function.MaxQueued)
            {
                throw IngressDiagnostics.Overloaded.With($"{Function.Name}: {_waiting.Count} requests wait");
            }

            waiter = _waiting.AddLast(new TaskCompletionSource<ServerInstance>(TaskCreationOptions.RunContinuationsAsynchronously));
            StartMore();
        }

        return await WaitAsync(waiter, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<ServerInstance> WaitAsync(
        LinkedListNode<TaskCompletionSource<ServerInstance>> waiter,
        CancellationToken cancellation
    )
    {
        try
        {
            return await waiter.Value.Task.WaitAsync(Function.QueueTimeout, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            lock (_gate)
            {
                if (waiter.List is not null)
                {
                    _waiting.Remove(waiter);
                }
                else if (waiter.Value.Task.IsCompletedSuccessfully)
                {
                    // It was served in the same moment.
                    Give(waiter.Value.Task.Result);
                }
            }

            throw failure is TimeoutException
                ? IngressDiagnostics.WaitedTooLong.With($"{Function.Name}: {Function.QueueTimeout.TotalSeconds} s")
                : failure;
        }
    }

    /// <summary>The gate is held from here on down to <see cref="HandOut"/>.</summary>
    private ServerInstance? FindRoom()
    {
        for (var i = 0; i < _ready.Count; i++)
        {
            if (_ready[i].Load < Function.Concurrency && _ready[i].Instance.IsAlive)
            {
                return _ready[i];
            }
        }

        return null;
    }

    private ServerInstance Take(ServerInstance server)
    {
        server.Load++;
        Interlocked.Increment(ref _running);
        return server;
    }

    private void Give(ServerInstance server)
    {
        server.Load--;
        Interlocked.Decrement(ref _running);
        HandOut();
    }

    /// <summary>As many starts as those who wait would fill, at most as many as the limit allows.</summary>
    private void StartMore()
    {
        var needed = (_waiting.Count + Function.Concurrency - 1) / Function.Concurrency;
        while (_starting < needed && _starting + _ready.Count < Function.MaxInstances)
        {
            _starting++;
            _ = StartAsync();
        }
    }

    private void HandOut()
    {
        while (_waiting.First is { } waiter && FindRoom() is { } server)
        {
            _waiting.RemoveFirst();
            waiter.Value.TrySetResult(Take(server));
        }
    }

    private void FailWaiting(NexusException failure)
    {
        foreach (var waiter in _waiting)
        {
            waiter.TrySetException(failure);
        }

        _waiting.Clear();
    }

    private async Task StartAsync()
    {
        Instance instance;
        try
        {
            // Off the caller's thread: making a region and a process takes a while.
            instance = await Task.Run(() => Instance.StartAsync(Function, _services, CancellationToken.None)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Told to those who wait.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            InstanceLogMessages.StartFailed(_services.Logger, Function.Name, failure);
            StartFailed(failure as NexusException ?? IngressDiagnostics.NotStarted.With($"{Function.Name}: {failure.Message}", failure));
            return;
        }

        lock (_gate)
        {
            _all.Add(instance);
        }

        _ = ForgetWhenEndedAsync(instance);
        await JoinAsync(instance).ConfigureAwait(false);
    }

    /// <summary>Waits until an instance that counts as starting is ready.</summary>
    private async Task JoinAsync(Instance instance)
    {
        var ready = false;
        try
        {
            ready = (await instance.Ready.WaitAsync(Function.InitPhase).ConfigureAwait(false)).Length == 0;
        }
        catch (TimeoutException)
        {
            // Told below.
        }

        if (!ready || !instance.IsAlive || instance.Peer.IsClosed)
        {
            var timedOut = instance.IsAlive && !instance.Peer.IsClosed;
            await instance.DisposeAsync().ConfigureAwait(false);
            StartFailed(
                timedOut
                    ? IngressDiagnostics.NotReady.With($"{Function.Name}: {Function.InitPhase.TotalSeconds} s")
                    : IngressDiagnostics.NotStarted.With(Function.Name)
            );
            return;
        }

        lock (_gate)
        {
            _starting--;
            if (!_closed)
            {
                _ready.Add(new ServerInstance(instance));
                HandOut();
                StartMore();
                return;
            }
        }

        await instance.DisposeAsync().ConfigureAwait(false);
    }

    private void StartFailed(NexusException failure)
    {
        lock (_gate)
        {
            _starting--;
            // Others that live or start may still take those who wait.
            if (_starting == 0 && _ready.Count == 0)
            {
                FailWaiting(failure);
            }
        }
    }

    private async Task ForgetWhenEndedAsync(Instance instance)
    {
        await instance.Process.Exited.ConfigureAwait(false);
        lock (_gate)
        {
            _all.Remove(instance);
            _ready.RemoveAll(server => server.Instance == instance);
            StartMore();
        }
    }
}
