using System.Net;
using System.Net.Sockets;
using static Nexus.Guest.Http.SandboxNetwork;
using static Nexus.Guest.Http.SandboxPlace;

namespace Nexus.Guest.Http;

/// <summary>
/// The entry points of the rules about datagrams: as <see cref="SocketInterception"/> does. A process sandbox has no such sockets at all, a virtual machine has some that lead nowhere.
/// </summary>
public static class DatagramInterception
{
    public static UdpClient NewUdpClient() => Named(Here(0), static () => new UdpClient());

    public static UdpClient NewUdpClient(AddressFamily family) => Named(Here(0), () => new UdpClient(family));

    public static UdpClient NewUdpClient(int port) => Named(Here(port), () => new UdpClient(port));

    public static UdpClient NewUdpClient(int port, AddressFamily family) => Named(Here(port), () => new UdpClient(port, family));

    public static UdpClient NewUdpClient(IPEndPoint localEP) => Named(Here(localEP), () => new UdpClient(localEP));

    public static UdpClient NewUdpClient(string hostname, int port) => Named(Place(hostname, port), () => new UdpClient(hostname, port));

    public static void Connect(UdpClient client, string hostname, int port) =>
        Named(Place(hostname, port), () => client.Connect(hostname, port));

    public static void Connect(UdpClient client, IPAddress addr, int port) => Named(Place(addr, port), () => client.Connect(addr, port));

    public static void Connect(UdpClient client, IPEndPoint endPoint) => Named(Place(endPoint), () => client.Connect(endPoint));

    public static int Send(UdpClient client, byte[] dgram, int bytes) => Named(Peer(client), () => client.Send(dgram, bytes));

    public static int Send(UdpClient client, byte[] dgram, int bytes, IPEndPoint? endPoint) =>
        Named(Place(endPoint), () => client.Send(dgram, bytes, endPoint));

    public static int Send(UdpClient client, byte[] dgram, int bytes, string? hostname, int port) =>
        Named(Place(hostname!, port), () => client.Send(dgram, bytes, hostname, port));

    public static int Send(UdpClient client, ReadOnlySpan<byte> datagram)
    {
        try
        {
            return client.Send(datagram);
        }
        catch (SocketException refused) when (IsNone)
        {
            throw Refused(Peer(client), refused);
        }
    }

    public static int Send(UdpClient client, ReadOnlySpan<byte> datagram, IPEndPoint? endPoint)
    {
        try
        {
            return client.Send(datagram, endPoint);
        }
        catch (SocketException refused) when (IsNone)
        {
            throw Refused(Place(endPoint), refused);
        }
    }

    public static int Send(UdpClient client, ReadOnlySpan<byte> datagram, string? hostname, int port)
    {
        try
        {
            return client.Send(datagram, hostname, port);
        }
        catch (SocketException refused) when (IsNone)
        {
            throw Refused(Place(hostname!, port), refused);
        }
    }

    public static Task<int> SendAsync(UdpClient client, byte[] datagram, int bytes) =>
        NamedAsync(Peer(client), () => client.SendAsync(datagram, bytes));

    public static Task<int> SendAsync(UdpClient client, byte[] datagram, int bytes, IPEndPoint? endPoint) =>
        NamedAsync(Place(endPoint), () => client.SendAsync(datagram, bytes, endPoint));

    public static Task<int> SendAsync(UdpClient client, byte[] datagram, int bytes, string? hostname, int port) =>
        NamedAsync(Place(hostname!, port), () => client.SendAsync(datagram, bytes, hostname, port));

    public static ValueTask<int> SendAsync(UdpClient client, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
        new(NamedAsync(Peer(client), () => client.SendAsync(datagram, cancellationToken).AsTask()));

    public static ValueTask<int> SendAsync(
        UdpClient client,
        ReadOnlyMemory<byte> datagram,
        IPEndPoint? endPoint,
        CancellationToken cancellationToken
    ) => new(NamedAsync(Place(endPoint), () => client.SendAsync(datagram, endPoint, cancellationToken).AsTask()));

    public static ValueTask<int> SendAsync(
        UdpClient client,
        ReadOnlyMemory<byte> datagram,
        string? hostname,
        int port,
        CancellationToken cancellationToken
    ) => new(NamedAsync(Place(hostname!, port), () => client.SendAsync(datagram, hostname, port, cancellationToken).AsTask()));

    public static IAsyncResult BeginSend(UdpClient client, byte[] datagram, int bytes, AsyncCallback? requestCallback, object? state) =>
        TaskToAsyncResult.Begin(SendAsync(client, datagram, bytes), requestCallback, state);

    public static IAsyncResult BeginSend(
        UdpClient client,
        byte[] datagram,
        int bytes,
        IPEndPoint? endPoint,
        AsyncCallback? requestCallback,
        object? state
    ) => TaskToAsyncResult.Begin(SendAsync(client, datagram, bytes, endPoint), requestCallback, state);

    public static IAsyncResult BeginSend(
        UdpClient client,
        byte[] datagram,
        int bytes,
        string? hostname,
        int port,
        AsyncCallback? requestCallback,
        object? state
    ) => TaskToAsyncResult.Begin(SendAsync(client, datagram, bytes, hostname, port), requestCallback, state);

    public static int SendTo(Socket socket, byte[] buffer, EndPoint remoteEP) =>
        Named(Place(remoteEP), () => socket.SendTo(buffer, remoteEP));

    public static int SendTo(Socket socket, byte[] buffer, SocketFlags socketFlags, EndPoint remoteEP) =>
        Named(Place(remoteEP), () => socket.SendTo(buffer, socketFlags, remoteEP));

    public static int SendTo(Socket socket, byte[] buffer, int size, SocketFlags socketFlags, EndPoint remoteEP) =>
        Named(Place(remoteEP), () => socket.SendTo(buffer, size, socketFlags, remoteEP));

    public static int SendTo(Socket socket, byte[] buffer, int offset, int size, SocketFlags socketFlags, EndPoint remoteEP) =>
        Named(Place(remoteEP), () => socket.SendTo(buffer, offset, size, socketFlags, remoteEP));

    public static int SendTo(Socket socket, ReadOnlySpan<byte> buffer, EndPoint remoteEP) =>
        SendTo(socket, buffer, SocketFlags.None, remoteEP);

    public static int SendTo(Socket socket, ReadOnlySpan<byte> buffer, SocketFlags socketFlags, EndPoint remoteEP)
    {
        try
        {
            return socket.SendTo(buffer, socketFlags, remoteEP);
        }
        catch (SocketException refused) when (IsNone)
        {
            throw Refused(Place(remoteEP), refused);
        }
    }

    public static int SendTo(Socket socket, ReadOnlySpan<byte> buffer, SocketFlags socketFlags, SocketAddress socketAddress)
    {
        try
        {
            return socket.SendTo(buffer, socketFlags, socketAddress);
        }
        catch (SocketException refused) when (IsNone)
        {
            throw Refused($"{socketAddress}", refused);
        }
    }

    public static Task<int> SendToAsync(Socket socket, ArraySegment<byte> buffer, EndPoint remoteEP) =>
        NamedAsync(Place(remoteEP), () => socket.SendToAsync(buffer, remoteEP));

    public static Task<int> SendToAsync(Socket socket, ArraySegment<byte> buffer, SocketFlags socketFlags, EndPoint remoteEP) =>
        NamedAsync(Place(remoteEP), () => socket.SendToAsync(buffer, socketFlags, remoteEP));

    public static ValueTask<int> SendToAsync(
        Socket socket,
        ReadOnlyMemory<byte> buffer,
        EndPoint remoteEP,
        CancellationToken cancellationToken
    ) => new(NamedAsync(Place(remoteEP), () => socket.SendToAsync(buffer, remoteEP, cancellationToken).AsTask()));

    public static ValueTask<int> SendToAsync(
        Socket socket,
        ReadOnlyMemory<byte> buffer,
        SocketFlags socketFlags,
        EndPoint remoteEP,
        CancellationToken cancellationToken
    ) => new(NamedAsync(Place(remoteEP), () => socket.SendToAsync(buffer, socketFlags, remoteEP, cancellationToken).AsTask()));

    public static ValueTask<int> SendToAsync(
        Socket socket,
        ReadOnlyMemory<byte> buffer,
        SocketFlags socketFlags,
        SocketAddress socketAddress,
        CancellationToken cancellationToken
    ) => new(NamedAsync($"{socketAddress}", () => socket.SendToAsync(buffer, socketFlags, socketAddress, cancellationToken).AsTask()));

    public static bool SendToAsync(Socket socket, SocketAsyncEventArgs e)
    {
        var pending = socket.SendToAsync(e);
        if (!pending && e.SocketError != SocketError.Success && IsNone)
        {
            // This way of calling has no exception to put it into.
            Tell(HttpStubDiagnostics.NoNetwork, Place(e.RemoteEndPoint));
        }

        return pending;
    }

    public static IAsyncResult BeginSendTo(
        Socket socket,
        byte[] buffer,
        int offset,
        int size,
        SocketFlags socketFlags,
        EndPoint remoteEP,
        AsyncCallback? callback,
        object? state
    ) => TaskToAsyncResult.Begin(SendToAsync(socket, new ArraySegment<byte>(buffer, offset, size), socketFlags, remoteEP), callback, state);

    private static string Peer(UdpClient client) => Place(client.Client.Connected ? client.Client.RemoteEndPoint : null);

    private static SocketException Refused(string place, SocketException refused) => Refusal(HttpStubDiagnostics.NoNetwork, place, refused);
}
