using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Machine;

/// <summary>What a machine consists of. The order of the devices is the order here; a snapshot is restored into the same.</summary>
internal sealed record MachineOptions
{
    public const long SmallestMemory = 16L << 20;
    public const long LargestMemory = 60L << 30;

    /// <summary>Guest memory in bytes: 16 MiB to 60 GiB, whole MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Read-only disks, /dev/vda first.</summary>
    public IReadOnlyList<OwnedDescriptor> Disks { get; init; } = [];

    /// <summary>Read-only memory devices, /dev/pmem0 first; multiples of 2 MiB.</summary>
    public IReadOnlyList<OwnedDescriptor> PersistentMemory { get; init; } = [];

    /// <summary>Whether the guest has a source of random bytes.</summary>
    public bool HasEntropy { get; init; } = true;

    /// <summary>Whether the guest gives back what it does not use.</summary>
    public bool HasBalloon { get; init; } = true;

    /// <summary>
    /// Whether it also reports what has become free while it runs. A clone would begin with that: 5 ms, and private copies of what its kernel notes about its pages.
    /// </summary>
    public bool ReportsFreePages { get; init; } = true;

    /// <summary>Where the guest's network card ends; null for no card.</summary>
    public FrameLink? Network { get; init; }

    /// <summary>The region shared with a host process; null for none.</summary>
    public SharedRegionOptions? Shared { get; init; }

    /// <summary>Signalled when the guest stands idle and is to give back what it does not need; null where nobody says so.</summary>
    public EventFile? Trim { get; init; }

    /// <summary>Length of a region that will be there only in clones of this machine; 0 for none.</summary>
    public long AnnouncedSharedBytes { get; init; }

    /// <summary>A memfd that is to be the guest's memory; null for one of the machine's own.</summary>
    public OwnedDescriptor? MemoryFile { get; init; }

    /// <summary>Where kernels look for their devices.</summary>
    public Topology Topology { get; init; } = Topology.Acpi;

    /// <summary>Receives the serial port's output, on the processor's thread.</summary>
    public Action<byte> SerialOutput { get; init; } = static _ => { };

    /// <summary>Told how far the machine is; null when nobody wants to know, and the guest is not asked then.</summary>
    public Action<string>? Stages { get; init; }

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0911, NEXUS0912.</exception>
    public void Check()
    {
        if (MemoryBytes < SmallestMemory)
        {
            throw VmmDiagnostics.TooLittleMemory.With($"{MemoryBytes} bytes; at least {SmallestMemory >> 20} MiB");
        }

        if (MemoryBytes > LargestMemory || MemoryBytes % (1 << 20) != 0)
        {
            throw VmmDiagnostics.BadMachine.With($"{MemoryBytes} bytes of memory; whole MiB, at most {LargestMemory >> 30} GiB");
        }

        var devices = Disks.Count + PersistentMemory.Count + (HasEntropy ? 1 : 0) + (HasBalloon ? 1 : 0) + (Network is null ? 0 : 1) + 1;
        if (devices > GuestLayout.MostVirtioDevices)
        {
            throw VmmDiagnostics.BadMachine.With($"{devices} devices; at most {GuestLayout.MostVirtioDevices}");
        }

        if (
            Shared is { } shared
            && (!MemoryMapping.IsSealed(shared.Memory) || shared.Memory.Length is 0 or > 1L << 30 || shared.Memory.Length % 4096 != 0)
        )
        {
            throw VmmDiagnostics.BadMachine.With(
                $"a shared region of {shared.Memory.Length} bytes; a sealed memfd of whole pages, at most 1 GiB"
            );
        }
    }
}
