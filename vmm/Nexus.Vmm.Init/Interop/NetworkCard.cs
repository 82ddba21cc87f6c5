using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Init.Interop;

/// <summary>A network card set up by hand (netdevice(7), rtentry in rt(4)).</summary>
internal static unsafe partial class NetworkCard
{
    private const int InternetFamily = 2;
    private const int Datagrams = 2;
    private const int CloseOnExec = 0x80000;
    private const nuint AddRoute = 0x890B;
    private const nuint GetFlags = 0x8913;
    private const nuint SetFlags = 0x8914;
    private const nuint SetAddress = 0x8916;
    private const nuint SetMask = 0x891C;
    private const short Up = 1;
    private const short UpThroughGateway = 3;

    // struct ifreq: the name, then a socket address or the flags.
    private const int RequestBytes = 40;
    private const int NameBytes = 16;

    // struct rtentry on 64 bits: target, gateway and mask as socket addresses, then the flags.
    private const int RouteBytes = 120;
    private const int GatewayOffset = 24;
    private const int MaskOffset = 40;
    private const int TargetOffset = 8;
    private const int RouteFlagsOffset = 56;

    /// <summary>The first card as Linux names it.</summary>
    public const string First = "eth0";

    /// <summary>Gives a card an address and starts it, and the loopback besides.</summary>
    /// <param name="card">Its name.</param>
    /// <param name="address">The card's address.</param>
    /// <param name="prefix">Bits of the network's number, 0 to 32.</param>
    /// <param name="gateway">Where what is not for that network goes; null for nowhere.</param>
    /// <exception cref="Win32Exception">There is no card, or the kernel refuses.</exception>
    public static void Start(string card, IPAddress address, int prefix, IPAddress? gateway)
    {
        var mask = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(mask, prefix == 0 ? 0 : uint.MaxValue << (32 - prefix));
        var socket = Socket(InternetFamily, Datagrams | CloseOnExec, 0);
        try
        {
            BringUp(socket, "lo");
            Ask(socket, card, SetAddress, address.GetAddressBytes(), $"address {address}");
            Ask(socket, card, SetMask, mask, $"prefix {prefix}");
            BringUp(socket, card);
            if (gateway is not null)
            {
                RouteThrough(socket, gateway);
            }
        }
        finally
        {
            _ = Close(socket);
        }
    }

    private static void RouteThrough(int socket, IPAddress gateway)
    {
        Span<byte> route = stackalloc byte[RouteBytes];
        route.Clear();
        WriteAddress(route[TargetOffset..], [0, 0, 0, 0]);
        WriteAddress(route[GatewayOffset..], gateway.GetAddressBytes());
        WriteAddress(route[MaskOffset..], [0, 0, 0, 0]);
        BinaryPrimitives.WriteInt16LittleEndian(route[RouteFlagsOffset..], UpThroughGateway);
        Control(socket, AddRoute, route, $"gateway {gateway}");
    }

    private static void BringUp(int socket, string card)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        Name(request, card);
        Control(socket, GetFlags, request, card);
        var flags = BinaryPrimitives.ReadInt16LittleEndian(request[NameBytes..]);
        BinaryPrimitives.WriteInt16LittleEndian(request[NameBytes..], (short)(flags | Up));
        Control(socket, SetFlags, request, card);
    }

    private static void Ask(int socket, string card, nuint what, ReadOnlySpan<byte> address, string text)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        Name(request, card);
        WriteAddress(request[NameBytes..], address);
        Control(socket, what, request, text);
    }

    private static void Name(Span<byte> request, string card)
    {
        request.Clear();
        System.Text.Encoding.ASCII.GetBytes(card, request);
    }

    private static void WriteAddress(Span<byte> target, ReadOnlySpan<byte> address)
    {
        BinaryPrimitives.WriteInt16LittleEndian(target, InternetFamily);
        address.CopyTo(target[4..]);
    }

    private static void Control(int socket, nuint request, Span<byte> argument, string what)
    {
        fixed (byte* start = argument)
        {
            if (ControlCall(socket, request, start) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                throw new Win32Exception(error, $"network card: {what}: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlCall(int fd, nuint request, byte* argument);
}
