using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>
/// Where a guest's network device ends on the host: a tap device (tun.txt in the kernel's documentation) or a datagram socket. Every message is the 12 byte
/// header of virtio 1.2, section 5.1.6, and one Ethernet frame.
/// </summary>
internal sealed class FrameLink : OwnedDescriptor
{
    /// <summary>Bytes before each frame.</summary>
    public const int HeaderBytes = 12;

    private const nuint GetInterface = 0x800454D2;
    private const nuint SetHeaderSize = 0x400454D8;
    private const nuint SetOffloads = 0x400454D0;
    private const int InterfaceRequestBytes = 40;
    private const int InterfaceFlagsOffset = 16;
    private const ushort WithHeader = 0x4000;

    /// <summary>Takes the descriptor over and makes it non-blocking.</summary>
    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0912: a tap device made without IFF_VNET_HDR, or no descriptor at all.</exception>
    public unsafe FrameLink(int number)
        : base(number)
    {
        var flags = Libc.Fcntl(number, Libc.GetFlags, 0);
        if (flags < 0 || Libc.Fcntl(number, Libc.SetFlags, flags | Libc.NonBlocking) < 0)
        {
            throw VmmDiagnostics.BadMachine.With($"a network link that is no descriptor: {number}");
        }

        var request = stackalloc byte[InterfaceRequestBytes];
        IsTap = Libc.Control(number, GetInterface, request) == 0;
        if (!IsTap)
        {
            return;
        }

        var header = HeaderBytes;
        if ((*(ushort*)(request + InterfaceFlagsOffset) & WithHeader) == 0 || Libc.Control(number, SetHeaderSize, (byte*)&header) != 0)
        {
            throw VmmDiagnostics.BadMachine.With("a tap device without IFF_VNET_HDR");
        }
    }

    /// <summary>Whether the host's kernel is at the other end; it then computes checksums and cuts large segments itself.</summary>
    public bool IsTap { get; }

    /// <summary>The next message, or 0 bytes if there is none now.</summary>
    public unsafe int Receive(Span<byte> message)
    {
        fixed (byte* start = message)
        {
            return (int)Math.Max(0, Libc.Read(Number, start, (nuint)message.Length));
        }
    }

    /// <summary>Sends one message; one that the other end has no room for is lost, as on any wire.</summary>
    public unsafe void Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            _ = Libc.Write(Number, start, (nuint)message.Length);
        }
    }

    /// <summary>Says which unfinished frames the guest takes (TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6); nothing for a socket.</summary>
    public unsafe void Accept(uint offloads)
    {
        if (IsTap)
        {
            _ = Checked(Libc.Control(Number, SetOffloads, (byte*)offloads), "TUNSETOFFLOAD");
        }
    }
}
