namespace Nexus.Guest.Grpc.NetClient;

/// <summary>
/// A channel's state as far as it has a meaning without connections: idle, ready once it was asked to connect, shut down. Whether the server can be reached, only
/// calls tell.
/// </summary>
internal sealed class Connectivity
{
    private readonly object _lock = new();
    private TaskCompletionSource _changed = NewChange();

    public ConnectivityState State { get; private set; } = ConnectivityState.Idle;

    public void Connect() => Set(ConnectivityState.Ready);

    public void ShutDown() => Set(ConnectivityState.Shutdown);

    /// <summary>Completes when the state is another one.</summary>
    public Task WaitAsync(ConnectivityState last, CancellationToken cancellation)
    {
        lock (_lock)
        {
            return State == last ? _changed.Task.WaitAsync(cancellation) : Task.CompletedTask;
        }
    }

    private void Set(ConnectivityState state)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (State == state || State == ConnectivityState.Shutdown)
            {
                return;
            }

            State = state;
            changed = _changed;
            _changed = NewChange();
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
