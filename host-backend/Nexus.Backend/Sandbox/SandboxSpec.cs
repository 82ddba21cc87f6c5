using System.Runtime.InteropServices;

namespace Nexus.Backend.Sandbox;

/// <summary>One guest to start: what it runs, what it sees, what it may use.</summary>
public sealed record SandboxSpec
{
    /// <summary>Where the guest finds <see cref="AppFolder"/>; also its working directory.</summary>
    public const string TaskRoot = "/var/task";

    /// <summary>Number of an eventfd that a virtual machine's monitor is told by that its guest is idle.</summary>
    internal const int TrimDescriptor = 6;

    /// <summary>Shown in cgroup names and logs; any text.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of the folder mounted read-only at <see cref="TaskRoot"/>.</summary>
    public required string AppFolder { get; init; }

    /// <summary>The program's absolute path and its arguments, as seen inside.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The whole environment of the guest; the sandbox adds what follows from the limits where absent (see <see cref="GuestEnvironment"/>).</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Memory of all processes of the guest together, its /tmp included, in MB.</summary>
    public int MemoryLimitMb { get; init; } = 512;

    /// <summary>Cores, 0.01 or more; null for no limit.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>Processes and threads together.</summary>
    public int MaxProcesses { get; init; } = 1024;

    /// <summary>Descriptors per process.</summary>
    public int MaxOpenFiles { get; init; } = 1024;

    /// <summary>Size of the private /tmp in MB.</summary>
    public int TmpSizeMb { get; init; } = 512;

    /// <summary>Descriptor numbers of the guest (3 and up) and what they refer to.</summary>
    public IReadOnlyDictionary<int, SafeHandle> Descriptors { get; init; } = new Dictionary<int, SafeHandle>();

    /// <summary>More folders to show, such as the .NET installation (<see cref="DotnetRoot"/>).</summary>
    public IReadOnlyList<ReadOnlyMount> ReadOnlyMounts { get; init; } = [];

    /// <summary>Images that are there already, the root first, then that of <see cref="TaskRoot"/>; empty where they are to be made of the folders.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>Guests of equal keys may go on from one snapshot, where the sandbox has such; null for a start of its own.</summary>
    public string? SnapshotKey { get; init; }

    /// <summary>A machine that had joined a channel, and that the guest goes on from; null for another start.</summary>
    internal SuspendedGuest? Suspended { get; init; }

    /// <summary>An eventfd that is rung when the pages which the clone has touched so far are those worth loading ahead; null when they are known.</summary>
    internal SafeHandle? RecordOn { get; init; }

    /// <summary>The reading end of a pipe, out of which a byte comes when the clone is to run; null for at once.</summary>
    internal SafeHandle? StartOn { get; init; }

    /// <summary>Where and when the guest's machine is to be left for others to go on from; null for never.</summary>
    internal Suspension? Suspension { get; init; }

    /// <summary>A file that is empty unless the guest's own kernel has killed it for want of memory; null where there is no such kernel.</summary>
    internal Microsoft.Win32.SafeHandles.SafeFileHandle? OutOfMemory { get; init; }

    /// <summary>Keeps the host's network and permits sockets. Off: no network at all.</summary>
    public bool AllowNetwork { get; init; }
}
