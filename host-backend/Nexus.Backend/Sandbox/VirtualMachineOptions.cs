namespace Nexus.Backend.Sandbox;

/// <summary>What the sandbox <c>vm</c> makes its machines from.</summary>
public sealed record VirtualMachineOptions
{
    /// <summary>What <see cref="Programs"/> holds: the monitor and the guest's first program.</summary>
    public static IReadOnlyList<string> ProgramNames { get; } = [MonitorProgram.Name, "nexus-init"];

    /// <summary>The guests' kernel: vmlinux, vmlinuz, or a distribution's package (linux-image-*.deb); empty for none.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Folder of the kernel's modules; empty to look for it beside the kernel. One that has everything built in needs none.</summary>
    public string ModuleFolder { get; init; } = "";

    /// <summary>The kernel's modules as an image has them: nothing is looked for then; empty for none.</summary>
    public string Modules { get; init; } = "";

    /// <summary>Words for its command line.</summary>
    public string KernelParameters { get; init; } = "";

    /// <summary>Folder of <c>nexus-vmm</c> and <c>nexus-init</c>.</summary>
    public string Programs { get; init; } = Path.Combine(AppContext.BaseDirectory, "vm");

    /// <summary>
    /// Told how far a machine is: its guest's name, the stage, and when, in <see cref="System.Diagnostics.Stopwatch"/> ticks; the stage <c>error: TEXT</c> is the monitor's
    /// last word. Null where nobody wants to know.
    /// </summary>
    public Action<string, string, long>? Stages { get; init; }

    /// <summary>Folder of snapshots that outlive the backend; empty for none that do.</summary>
    public string Snapshots { get; init; } = "";

    /// <summary>Those that were written longer ago are not used, but made anew.</summary>
    public TimeSpan SnapshotAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Room for all of them, in bytes; those that were not used for longest go first.</summary>
    public long SnapshotBytes { get; init; } = 4L << 30;

    /// <summary>The file of the key that they are authenticated with; made when it is first needed.</summary>
    public string SnapshotKey { get; init; } = "";

    /// <summary>Folder of the images, by their content.</summary>
    public string Images { get; init; } = Path.Combine(Path.GetTempPath(), "nexus-images");
}
