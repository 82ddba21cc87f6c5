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
    private const string WakePort = "nexus.wake";

    // The first byte of a message that tells a clone what it is; random bytes follow.
    private const byte RestoreMessage = 2;

    private VirtualMachineAttachment(ChannelRegion region, Doorbell toBackend, EventDoorbell toGuest)
    {
        Region = region;
        ToBackend = toBackend;
        ToGuest = toGuest;
    }

    /// <summary>Raised after a restore from a snapshot, once the kernel has new random numbers.</summary>
    public static event Action? Restored;

    public ChannelRegion Region { get; }

    public Doorbell ToBackend { get; }

    /// <summary>Rung by a thread that sleeps in a read of the wake port.</summary>
    public EventDoorbell ToGuest { get; }

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
        var toGuest = EventDoorbell.Create();
        StartListening(FindPort(), toGuest);
        return new VirtualMachineAttachment(ChannelRegion.AttachWindow(memory, address, length), new MappedDoorbell(memory, page), toGuest);
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle? _memory;

    // Kept for the life of the process, as an inherited descriptor would be.
    private static Microsoft.Win32.SafeHandles.SafeFileHandle OpenPhysicalMemory() =>
        _memory ??= File.OpenHandle(PhysicalMemory, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static void StartListening(string port, EventDoorbell toGuest)
    {
        var stream = new FileStream(port, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var thread = new Thread(() =>
        {
            Span<byte> bytes = stackalloc byte[64];
            while (stream.Read(bytes) is > 0 and var count)
            {
                if (bytes[0] == RestoreMessage)
                {
                    KernelEntropy.Renew(bytes[1..count]);
                    Restored?.Invoke();
                }

                toGuest.Ring();
            }
        })
        {
            IsBackground = true,
            Name = "nexus-wake",
        };
        thread.Start();
    }

    private static string FindPort()
    {
        if (Directory.Exists(Ports))
        {
            foreach (var port in Directory.GetDirectories(Ports))
            {
                var name = Path.Combine(port, "name");
                if (File.Exists(name) && File.ReadAllText(name).Trim() == WakePort)
                {
                    return "/dev/" + Path.GetFileName(port);
                }
            }
        }

        throw ChannelDiagnostics.BadAttachment.With($"no port {WakePort} below {Ports}");
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
