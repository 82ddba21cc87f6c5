using System.Net;
using System.Net.Sockets;

namespace Nexus.Guest.Http;

/// <summary>How a diagnostic names what a function's socket is for.</summary>
internal static class SandboxPlace
{
    public static string Place(EndPoint? endPoint) => endPoint is DnsEndPoint name ? Place(name.Host, name.Port) : $"{endPoint}";

    public static string Place(IPAddress address, int port) => $"{new IPEndPoint(address, port)}";

    public static string Place(IPAddress[] addresses, int port) => $"{string.Join<IPAddress>(", ", addresses)}, port {port}";

    public static string Place(string host, int port) => $"{host}:{port}";

    /// <summary>A socket that is not for any place yet.</summary>
    public static string Place(AddressFamily? family, SocketType type, ProtocolType protocol) =>
        family is null ? $"a socket ({type}, {protocol})" : $"a socket ({family}, {type}, {protocol})";

    /// <summary>A socket that is to receive at an address of the sandbox.</summary>
    public static string Here(EndPoint? endPoint) =>
        endPoint is null ? "an unbound socket, to receive" : $"{Place(endPoint)}, to receive there";

    /// <summary>A datagram socket that is to receive at a port, 0 for any.</summary>
    public static string Here(int port) => port == 0 ? "a UDP socket" : $"UDP port {port}, to receive there";
}
