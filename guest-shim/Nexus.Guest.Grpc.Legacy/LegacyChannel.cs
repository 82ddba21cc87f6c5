using System.Diagnostics.CodeAnalysis;

namespace Nexus.Guest.Grpc.Legacy;

/// <summary>
/// What is kept for a channel of the library: its settings, and its state as far as that has a meaning without connections. It is idle until asked to connect or until a
/// server answered, in trouble when the last call found none, and shut down for good.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer, and its tokens outlive the channel.")]
internal sealed class LegacyChannel(LegacyTarget target)
{
    private readonly object _lock = new();
    private readonly CancellationTokenSource _shutdown = new();
    private TaskCompletionSource _changed = NewChange();

    public LegacyTarget Target { get; } = target;

    public ChannelState State { get; private set; } = ChannelState.Idle;

    public bool IsShutDown => State == ChannelState.Shutdown;

    public CancellationToken ShutdownToken => _shutdown.Token;

    public void Connect() => Set(ChannelState.Ready);

    public void Fail() => Set(ChannelState.TransientFailure);

    /// <exception cref="InvalidOperationException">That has been done.</exception>
    public void ShutDown()
    {
        if (!Set(ChannelState.Shutdown))
        {
            throw new InvalidOperationException(new InvalidOperationException().Message);
        }

        _shutdown.Cancel();
    }

    /// <summary>As the library's own handle does when it is closed.</summary>
    /// <exception cref="ObjectDisposedException">The channel was shut down.</exception>
    public void ThrowIfShutDown()
    {
#pragma warning disable CA1513 // The name is the library's, not this type's.
        if (IsShutDown)
        {
            throw new ObjectDisposedException("Grpc.Core.Internal.ChannelSafeHandle");
        }
#pragma warning restore CA1513
    }

    /// <summary>Whether the state became another one in time.</summary>
    public Task<bool> WaitAsync(ChannelState last, DateTime? deadline)
    {
        if (last == ChannelState.Shutdown)
        {
            throw new ArgumentException("Shutdown is a terminal state. No further state changes can occur.");
        }

        LegacyCall.CheckDeadline(deadline);
        lock (_lock)
        {
            if (IsShutDown)
            {
                throw new ObjectDisposedException("handle", "Channel handle has already been disposed.");
            }

            return State == last ? InTimeAsync(_changed.Task, deadline) : Task.FromResult(true);
        }
    }

    private static async Task<bool> InTimeAsync(Task change, DateTime? deadline)
    {
        var left = deadline is { } given && given != DateTime.MaxValue ? given - DateTime.UtcNow : Timeout.InfiniteTimeSpan;
        try
        {
            await change.WaitAsync(left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private bool Set(ChannelState state)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            if (State == state || IsShutDown)
            {
                return false;
            }

            State = state;
            changed = _changed;
            _changed = NewChange();
        }

        changed.SetResult();
        return true;
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
