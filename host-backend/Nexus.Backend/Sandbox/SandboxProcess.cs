using Nexus.Backend.Interop;

namespace Nexus.Backend.Sandbox;

/// <summary>
/// A running guest: the processes of one sandbox. Disposing kills them, waits and removes the control group; the end of the backend does not.
/// </summary>
public sealed class SandboxProcess : IAsyncDisposable
{
    // The kernel takes a dead process out of its group a moment after its parent was told.
    private const int RemovalAttempts = 50;

    private readonly SpawnedProcess _launcher;
    private readonly PidFd _root;
    private readonly Cgroup? _group;
    private readonly bool _nested;
    private int _disposed;

    internal SandboxProcess(SpawnedProcess launcher, int rootId, PidFd root, Cgroup? group, bool nested)
    {
        _launcher = launcher;
        _root = root;
        _group = group;
        _nested = nested;
        RootId = rootId;
        Exited = WatchAsync();
    }

    /// <summary>The process this program started: bubblewrap's monitor, or the guest itself without a sandbox.</summary>
    public int LauncherId => _launcher.Id;

    /// <summary>First process of the sandbox's process namespace; without one the same as <see cref="LauncherId"/>.</summary>
    public int RootId { get; }

    /// <summary>The guest's main process as this host numbers it; null for the moment before it exists and once it has ended.</summary>
    public int? GuestId
    {
        get
        {
            if (Exited.IsCompleted)
            {
                return null;
            }

            if (!_nested)
            {
                return RootId;
            }

            var children = ProcessTree.Children(RootId);
            return children.Count > 0 ? children[0] : null;
        }
    }

    /// <summary>The guest's standard output. Read it: a full pipe stops the guest.</summary>
    public Stream Output => _launcher.Output;

    /// <summary>The guest's standard error.</summary>
    public Stream Error => _launcher.Error;

    /// <summary>Completes when the main process has ended and all others of the sandbox with it.</summary>
    public Task<SandboxExit> Exited { get; }

    /// <summary>Ends every process of the guest at once; returns immediately.</summary>
    public void Kill()
    {
        if (Exited.IsCompleted)
        {
            return;
        }

        if (!_nested)
        {
            _launcher.KillGroup();
        }

        KillRemaining();
    }

    /// <summary>Memory of the guest and of the sandbox's own helpers. Costs a walk of the page tables: for measuring, not for every call.</summary>
    public MemoryUsage ReadMemory() => ProcessTree.Memory(Processes());

    /// <summary>CPU time so far of all processes, those that have ended included.</summary>
    public TimeSpan ReadCpuTime() => _group?.CpuTime() is { Ticks: > 0 } accounted ? accounted : ProcessTree.CpuTime(Processes());

    /// <summary>Sockets that any process of the guest holds.</summary>
    public int CountSockets() => ProcessTree.Sockets(Processes());

    /// <summary>All processes of the guest, the sandbox's helpers included, as this host numbers them.</summary>
    public IReadOnlyList<int> Processes() =>
        Exited.IsCompleted ? [] : [.. ProcessTree.Descendants(_launcher.Id).Union(_group?.Processes() ?? [])];

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Kill();
        await Exited.ConfigureAwait(false);
        _root.Dispose();
        _launcher.Dispose();
    }

    // A namespace ends with its first process, and that one, bubblewrap's, waits for every child the guest has left behind.
    private void KillRemaining()
    {
        _root.Send(Native.SigKill);
        if (!_nested)
        {
            foreach (var pid in _group?.Processes() ?? [])
            {
                _ = Native.Kill(pid, Native.SigKill);
            }
        }
    }

    private async Task<SandboxExit> WatchAsync()
    {
        var status = await _launcher.Exited.ConfigureAwait(false);
        var kills = _group?.OutOfMemoryKills() ?? 0;
        var cpuTime = _group?.CpuTime() ?? TimeSpan.Zero;
        KillRemaining();
        for (var attempt = 0; _group is not null && !_group.Remove() && attempt < RemovalAttempts; attempt++)
        {
            await Task.Delay(1 + attempt).ConfigureAwait(false);
        }

        // Bubblewrap reports a signal as 128 + its number.
        var signal =
            status.Signal != 0 ? status.Signal
            : _nested && status.Code is > 128 and < 193 ? status.Code - 128
            : 0;
        return new SandboxExit(status.Code, signal, kills > 0 && signal == Native.SigKill, cpuTime);
    }
}
