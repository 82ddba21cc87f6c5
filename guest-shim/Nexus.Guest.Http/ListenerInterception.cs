using System.Net;
using System.Net.Sockets;
using static Nexus.Guest.Http.SandboxNetwork;
using static Nexus.Guest.Http.SandboxPlace;

namespace Nexus.Guest.Http;

/// <summary>The entry points of the rules about sockets that wait for others to connect: as <see cref="SocketInterception"/> does, with the place they wait at.</summary>
public static class ListenerInterception
{
    public static void Bind(Socket socket, EndPoint localEP) => Named(Here(localEP), () => socket.Bind(localEP));

    public static void Listen(Socket socket) => Named(Here(socket.LocalEndPoint), socket.Listen);

    public static void Listen(Socket socket, int backlog) => Named(Here(socket.LocalEndPoint), () => socket.Listen(backlog));

    public static void Start(TcpListener listener) => Named(Here(listener.LocalEndpoint), listener.Start);

    public static void Start(TcpListener listener, int backlog) => Named(Here(listener.LocalEndpoint), () => listener.Start(backlog));
}
