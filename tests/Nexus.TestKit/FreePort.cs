using System.Net;
using System.Net.Sockets;

namespace Nexus.TestKit;

/// <summary>A port that nobody listened on a moment ago, from the system.</summary>
public static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
