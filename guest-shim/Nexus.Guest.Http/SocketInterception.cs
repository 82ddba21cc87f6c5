using System.Net;
using System.Net.Sockets;
using static Nexus.Guest.Http.SandboxNetwork;
using static Nexus.Guest.Http.SandboxPlace;

namespace Nexus.Guest.Http;

/// <summary>
/// The entry points of the rules about sockets and names. Each does what it stands for; what the sandbox without a network refuses gets the diagnostic and the place into its
/// exception, of the type and with the code that it has anyway.
/// </summary>
public static class SocketInterception
{
    public static void Connect(Socket socket, EndPoint remoteEP) => Named(Place(remoteEP), () => socket.Connect(remoteEP));

    public static void Connect(Socket socket, IPAddress address, int port) =>
        Named(Place(address, port), () => socket.Connect(address, port));

    public static void Connect(Socket socket, IPAddress[] addresses, int port) =>
        Named(Place(addresses, port), () => socket.Connect(addresses, port));

    public static void Connect(Socket socket, string host, int port) => Named(Place(host, port), () => socket.Connect(host, port));

    public static Task ConnectAsync(Socket socket, EndPoint remoteEP) => NamedAsync(Place(remoteEP), () => socket.ConnectAsync(remoteEP));

    public static ValueTask ConnectAsync(Socket socket, EndPoint remoteEP, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(remoteEP), () => socket.ConnectAsync(remoteEP, cancellationToken).AsTask()));

    public static Task ConnectAsync(Socket socket, IPAddress address, int port) =>
        NamedAsync(Place(address, port), () => socket.ConnectAsync(address, port));

    public static ValueTask ConnectAsync(Socket socket, IPAddress address, int port, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(address, port), () => socket.ConnectAsync(address, port, cancellationToken).AsTask()));

    public static Task ConnectAsync(Socket socket, IPAddress[] addresses, int port) =>
        NamedAsync(Place(addresses, port), () => socket.ConnectAsync(addresses, port));

    public static ValueTask ConnectAsync(Socket socket, IPAddress[] addresses, int port, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(addresses, port), () => socket.ConnectAsync(addresses, port, cancellationToken).AsTask()));

    public static Task ConnectAsync(Socket socket, string host, int port) =>
        NamedAsync(Place(host, port), () => socket.ConnectAsync(host, port));

    public static ValueTask ConnectAsync(Socket socket, string host, int port, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(host, port), () => socket.ConnectAsync(host, port, cancellationToken).AsTask()));

    public static IAsyncResult BeginConnect(Socket socket, EndPoint remoteEP, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ConnectAsync(socket, remoteEP), callback, state);

    public static IAsyncResult BeginConnect(Socket socket, IPAddress address, int port, AsyncCallback? requestCallback, object? state) =>
        TaskToAsyncResult.Begin(ConnectAsync(socket, address, port), requestCallback, state);

    public static IAsyncResult BeginConnect(
        Socket socket,
        IPAddress[] addresses,
        int port,
        AsyncCallback? requestCallback,
        object? state
    ) => TaskToAsyncResult.Begin(ConnectAsync(socket, addresses, port), requestCallback, state);

    public static IAsyncResult BeginConnect(Socket socket, string host, int port, AsyncCallback? requestCallback, object? state) =>
        TaskToAsyncResult.Begin(ConnectAsync(socket, host, port), requestCallback, state);

    public static void Connect(TcpClient client, IPEndPoint remoteEP) => Named(Place(remoteEP), () => client.Connect(remoteEP));

    public static void Connect(TcpClient client, IPAddress address, int port) =>
        Named(Place(address, port), () => client.Connect(address, port));

    public static void Connect(TcpClient client, IPAddress[] ipAddresses, int port) =>
        Named(Place(ipAddresses, port), () => client.Connect(ipAddresses, port));

    public static void Connect(TcpClient client, string hostname, int port) =>
        Named(Place(hostname, port), () => client.Connect(hostname, port));

    public static Task ConnectAsync(TcpClient client, IPEndPoint remoteEP) =>
        NamedAsync(Place(remoteEP), () => client.ConnectAsync(remoteEP));

    public static ValueTask ConnectAsync(TcpClient client, IPEndPoint remoteEP, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(remoteEP), () => client.ConnectAsync(remoteEP, cancellationToken).AsTask()));

    public static Task ConnectAsync(TcpClient client, IPAddress address, int port) =>
        NamedAsync(Place(address, port), () => client.ConnectAsync(address, port));

    public static ValueTask ConnectAsync(TcpClient client, IPAddress address, int port, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(address, port), () => client.ConnectAsync(address, port, cancellationToken).AsTask()));

    public static Task ConnectAsync(TcpClient client, IPAddress[] ipAddresses, int port) =>
        NamedAsync(Place(ipAddresses, port), () => client.ConnectAsync(ipAddresses, port));

    public static ValueTask ConnectAsync(TcpClient client, IPAddress[] ipAddresses, int port, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(ipAddresses, port), () => client.ConnectAsync(ipAddresses, port, cancellationToken).AsTask()));

    public static Task ConnectAsync(TcpClient client, string hostname, int port) =>
        NamedAsync(Place(hostname, port), () => client.ConnectAsync(hostname, port));

    public static ValueTask ConnectAsync(TcpClient client, string hostname, int port, CancellationToken cancellationToken) =>
        new(NamedAsync(Place(hostname, port), () => client.ConnectAsync(hostname, port, cancellationToken).AsTask()));

    public static IAsyncResult BeginConnect(TcpClient client, IPAddress address, int port, AsyncCallback? requestCallback, object? state) =>
        TaskToAsyncResult.Begin(ConnectAsync(client, address, port), requestCallback, state);

    public static IAsyncResult BeginConnect(
        TcpClient client,
        IPAddress[] addresses,
        int port,
        AsyncCallback? requestCallback,
        object? state
    ) => TaskToAsyncResult.Begin(ConnectAsync(client, addresses, port), requestCallback, state);

    public static IAsyncResult BeginConnect(TcpClient client, string host, int port, AsyncCallback? requestCallback, object? state) =>
        TaskToAsyncResult.Begin(ConnectAsync(client, host, port), requestCallback, state);

    public static bool ConnectAsync(Socket socket, SocketAsyncEventArgs e) => Told(socket.ConnectAsync(e), e);

    public static bool ConnectAsync(SocketType socketType, ProtocolType protocolType, SocketAsyncEventArgs e) =>
        Told(Socket.ConnectAsync(socketType, protocolType, e), e);

    public static Socket NewSocket(SocketType socketType, ProtocolType protocolType) =>
        Named(Place(null, socketType, protocolType), () => new Socket(socketType, protocolType));

    public static Socket NewSocket(AddressFamily addressFamily, SocketType socketType, ProtocolType protocolType) =>
        Named(Place(addressFamily, socketType, protocolType), () => new Socket(addressFamily, socketType, protocolType));

    public static Socket NewSocket(SafeSocketHandle handle) => new(handle);

    public static Socket NewSocket(SocketInformation socketInformation) =>
        // The rule stands for every constructor; this one says in its own words what it cannot do on this system.
#pragma warning disable CA1416
        new(socketInformation);
#pragma warning restore CA1416

    public static TcpClient NewTcpClient() => new();

    public static TcpClient NewTcpClient(AddressFamily family) => new(family);

    public static TcpClient NewTcpClient(IPEndPoint localEP) => Named(Place(localEP), () => new TcpClient(localEP));

    public static TcpClient NewTcpClient(string hostname, int port) => Named(Place(hostname, port), () => new TcpClient(hostname, port));

    public static IPAddress[] GetHostAddresses(string hostNameOrAddress) =>
        Resolved(hostNameOrAddress, () => Dns.GetHostAddresses(hostNameOrAddress));

    public static IPAddress[] GetHostAddresses(string hostNameOrAddress, AddressFamily family) =>
        Resolved(hostNameOrAddress, () => Dns.GetHostAddresses(hostNameOrAddress, family));

    public static Task<IPAddress[]> GetHostAddressesAsync(string hostNameOrAddress) =>
        ResolvedAsync(hostNameOrAddress, () => Dns.GetHostAddressesAsync(hostNameOrAddress));

    public static Task<IPAddress[]> GetHostAddressesAsync(string hostNameOrAddress, CancellationToken cancellationToken) =>
        ResolvedAsync(hostNameOrAddress, () => Dns.GetHostAddressesAsync(hostNameOrAddress, cancellationToken));

    public static Task<IPAddress[]> GetHostAddressesAsync(
        string hostNameOrAddress,
        AddressFamily family,
        CancellationToken cancellationToken
    ) => ResolvedAsync(hostNameOrAddress, () => Dns.GetHostAddressesAsync(hostNameOrAddress, family, cancellationToken));

    public static IPHostEntry GetHostEntry(string hostNameOrAddress) =>
        Resolved(hostNameOrAddress, () => Dns.GetHostEntry(hostNameOrAddress));

    public static IPHostEntry GetHostEntry(IPAddress address) => Resolved($"{address}", () => Dns.GetHostEntry(address));

    public static IPHostEntry GetHostEntry(string hostNameOrAddress, AddressFamily family) =>
        Resolved(hostNameOrAddress, () => Dns.GetHostEntry(hostNameOrAddress, family));

    public static Task<IPHostEntry> GetHostEntryAsync(string hostNameOrAddress) =>
        ResolvedAsync(hostNameOrAddress, () => Dns.GetHostEntryAsync(hostNameOrAddress));

    public static Task<IPHostEntry> GetHostEntryAsync(IPAddress address) =>
        ResolvedAsync($"{address}", () => Dns.GetHostEntryAsync(address));

    public static Task<IPHostEntry> GetHostEntryAsync(string hostNameOrAddress, CancellationToken cancellationToken) =>
        ResolvedAsync(hostNameOrAddress, () => Dns.GetHostEntryAsync(hostNameOrAddress, cancellationToken));

    public static Task<IPHostEntry> GetHostEntryAsync(
        string hostNameOrAddress,
        AddressFamily family,
        CancellationToken cancellationToken
    ) => ResolvedAsync(hostNameOrAddress, () => Dns.GetHostEntryAsync(hostNameOrAddress, family, cancellationToken));

    private static bool Told(bool pending, SocketAsyncEventArgs e)
    {
        if (!pending && e.SocketError == SocketError.AccessDenied && IsNone)
        {
            // This way of calling has no exception to put it into.
            Tell(HttpStubDiagnostics.NoNetwork, Place(e.RemoteEndPoint));
        }

        return pending;
    }

    private static T Resolved<T>(string name, Func<T> resolve) => Named(HttpStubDiagnostics.NoNameService, name, resolve);

    private static Task<T> ResolvedAsync<T>(string name, Func<Task<T>> resolve) =>
        NamedAsync(HttpStubDiagnostics.NoNameService, name, resolve);
}
