using System.Globalization;
using Nexus.Channel;
using Nexus.Channel.Interop;
using Nexus.Guest.Interop;

namespace Nexus.Guest;

/// <summary>
/// The channel inside a virtual machine: the kernel's command line names the region's and the doorbell's physical addresses, and a virtio port wakes this side.
/// No kernel module is needed, but the right to open /dev/mem.
/// </summary>
public sealed class VirtualMachineAttachment
{
    private const string CommandLine = "/proc/cmdline";
    private const string PhysicalMemory = "/dev/mem";
    private const string Ports = "/sys/class/virtio-ports";
    private const string WakePortName = "nexus.wake";

    // The first byte of a message that tells a clone what it is; random bytes follow.
    private const byte RestoreMessage = 2;
    private const int MostMessageBytes = 64;

    // vmm/Nexus.Vmm/Devices/Control/ControlRegisters.cs has the same numbers.
    private const uint SnapshotWelcome = 1;
    private const uint SnapshotRefused = 2;
    private const uint AnswerWait = 0;
    private const uint AnswerClone = 2;

    private VirtualMachineAttachment(ChannelRegion region, Doorbell toBackend, WakePort port)
    {
        Region = region;
        ToBackend = toBackend;
        Port = port;
    }

    /// <summary>Raised after a restore from a snapshot, once the kernel has new random numbers.</summary>
    public static event Action? Restored;

    /// <summary>Whether the monitor may take a snapshot before the channel is joined.</summary>
    internal static bool AllowsSnapshot { get; set; } = true;

    public ChannelRegion Region { get; }

    public Doorbell ToBackend { get; }

    /// <summary>Brings the backend's rings, and what a clone is told.</summary>
    public WakePort Port { get; }

    /// <summary>Attaches to what the command line names.</summary>
    /// <exception cref="Diagnostics.NexusException">NEXUS0504: not in a virtual machine of Nexus, or its wake port is missing.</exception>
    public static VirtualMachineAttachment Attach()
    {
        var words = File.ReadAllText(CommandLine).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var shared = Value(words, "nexus.shared").Split(',');
        var doorbell = Value(words, "nexus.doorbell");
        if (
            shared.Length != 2
            || !TryAddress(shared[0], out var address)
            || !long.TryParse(shared[1], out var length)
            || !TryAddress(doorbell, out var page)
        )
        {
            throw ChannelDiagnostics.BadAttachment.With($"nexus.shared={string.Join(',', shared)} nexus.doorbell={doorbell}");
        }

        var memory = new FileDescriptor((int)OpenPhysicalMemory().DangerousGetHandle(), ownsHandle: false);
        var isClone = TryAddress(Value(words, "nexus.snapshot"), out var register) && PassSnapshot(new PhysicalRegister(memory, register));
        var port = WakePort.Open(FindPort());
        if (isClone)
        {
            // The first message: nothing may be computed with random numbers of the snapshot.
            port.Wait();
            Take(port);
        }

        return new VirtualMachineAttachment(ChannelRegion.AttachWindow(memory, address, length), new MappedDoorbell(memory, page), port);
    }

    private static readonly object s_taking = new();
    private static Microsoft.Win32.SafeHandles.SafeFileHandle? _memory;

    // Kept for the life of the process, as an inherited descriptor would be.
    private static Microsoft.Win32.SafeHandles.SafeFileHandle OpenPhysicalMemory() =>
        _memory ??= File.OpenHandle(PhysicalMemory, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    /// <summary>Where a snapshot may be taken, of which this process then goes on many times: before it has a channel. True in such a clone.</summary>
    private static bool PassSnapshot(PhysicalRegister register)
    {
        if (AllowsSnapshot)
        {
            // What is garbage need not be in it.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            NativeHeap.Trim();
        }

        register.Store(AllowsSnapshot ? SnapshotWelcome : SnapshotRefused);
        uint answer;
        while ((answer = register.Load()) == AnswerWait)
        {
            Thread.Sleep(1);
        }

        return answer == AnswerClone;
    }

    /// <summary>Reads everything that has arrived; a ring is a byte that says nothing more. Returns when a seed that any thread has read is in force.</summary>
    internal static void Take(WakePort port)
    {
        // Whoever comes second finds the port empty, and must not go on before the first is done with what was in it.
        lock (s_taking)
        {
            Span<byte> bytes = stackalloc byte[MostMessageBytes];
            while (port.Read(bytes) is > 0 and var count)
            {
                if (bytes[..count] is [RestoreMessage, .. var seed])
                {
                    KernelEntropy.Renew(seed);
                    LibraryEntropy.Renew(seed);
                    Restored?.Invoke();
                }
            }
        }
    }

    private static string FindPort()
    {
        if (Directory.Exists(Ports))
        {
            foreach (var port in Directory.GetDirectories(Ports))
            {
                var name = Path.Combine(port, "name");
                if (File.Exists(name) && File.ReadAllText(name).Trim() == WakePortName)
                {
                    return "/dev/" + Path.GetFileName(port);
                }
            }
        }

        throw ChannelDiagnostics.BadAttachment.With($"no port {WakePortName} below {Ports}");
    }

    private static string Value(string[] words, string name) =>
        Array.Find(words, w => w.StartsWith(name + "=", StringComparison.Ordinal)) is { } word ? word[(name.Length + 1)..] : "";

    private static bool TryAddress(string text, out long address)
    {
        address = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out address);
    }
}
