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
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle? _outOfMemory;
    private int _disposed;

    internal SandboxProcess(
        SpawnedProcess launcher,
        int rootId,
        PidFd root,
        Cgroup? group,
        bool nested,
        Microsoft.Win32.SafeHandles.SafeFileHandle? outOfMemory = null
    )
    {
        _outOfMemory = outOfMemory;
        _launcher = launcher;
        _root = root;
        _group = group;
        _nested = nested;
        RootId = rootId;
        Exited = WatchAsync();
    }

    /// <summary>Takes over a guest of an earlier backend; null when it is gone or cannot be reached.</summary>
    public static SandboxProcess? TryAdopt(SandboxRecord record)
    {
        PidFd? root = null;
        try
        {
            root = PidFd.Open(record.RootId);
            if (ProcessTree.StartOf(record.RootId) != record.RootStart)
            {
                root.Dispose();
                return null;
            }

            var launcher = record.LauncherId == record.RootId ? root : PidFd.Open(record.LauncherId);
            var (output, error) = ReopenPipes(record);
            var process = new SpawnedProcess(record.LauncherId, launcher, output, error);
            ExitWatcher.Watch(process);
            return new SandboxProcess(process, record.RootId, root, group: null, record.Nested);
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            root?.Send(Native.SigKill);
            root?.Dispose();
            return null;
        }
    }

    /// <summary>For a later backend; null when the process has ended already.</summary>
    public SandboxRecord? Record() =>
        ProcessTree.StartOf(RootId) is { } start ? new SandboxRecord(LauncherId, RootId, start, _nested) : null;

    /// <summary>A descriptor of the guest's main process, duplicated into this one (pidfd_getfd(2)).</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The guest is gone or may not be traced.</exception>
    public Microsoft.Win32.SafeHandles.SafeFileHandle DuplicateDescriptor(int descriptor)
    {
        using var guest = PidFd.Open(GuestId ?? RootId);
        return guest.Duplicate(descriptor);
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

    /// <summary>The guest still writes into the pipes whose readers died: opening them again by name gives new reading ends (proc(5)).</summary>
    private static (Stream Output, Stream Error) ReopenPipes(SandboxRecord record)
    {
        var children = record.Nested ? ProcessTree.Children(record.RootId) : [];
        using var guest = PidFd.Open(children.Count > 0 ? children[0] : record.RootId);
        return (Reopen(guest, 1), Reopen(guest, 2));

        static Stream Reopen(PidFd guest, int descriptor)
        {
            using var writeEnd = guest.Duplicate(descriptor);
            return Descriptors.Reader(
                File.OpenHandle($"/proc/self/fd/{writeEnd.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            );
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
        var isOut = kills > 0 || (_outOfMemory is { } note && RandomAccess.GetLength(note) > 0);
        _outOfMemory?.Dispose();
        return new SandboxExit(status.Code, signal, isOut && signal == Native.SigKill, cpuTime);
    }
}
