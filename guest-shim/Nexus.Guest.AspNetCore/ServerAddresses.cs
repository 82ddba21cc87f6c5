using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Nexus.Guest.AspNetCore;

/// <summary>
/// What the program is told about where it listens: the addresses it asked for, port 0 replaced by a number. Nothing listens there; callers come through the
/// backend's listeners.
/// </summary>
internal static class ServerAddresses
{
    private const string Default = "http://localhost:5000";
    private const int FirstChosenPort = 49152;

    /// <summary>Fills the feature as Kestrel does when it has bound its endpoints.</summary>
    public static void Settle(IServerAddressesFeature addresses, KestrelServerOptions options)
    {
        var configured = Endpoints(options);
        if (configured.Count > 0 && !addresses.PreferHostingUrls)
        {
            addresses.Addresses.Clear();
            foreach (var address in configured)
            {
                addresses.Addresses.Add(address);
            }
        }

        if (addresses.Addresses.Count == 0)
        {
            addresses.Addresses.Add(Default);
        }

        var chosen = FirstChosenPort;
        foreach (var address in addresses.Addresses.ToArray())
        {
            if (address.EndsWith(":0", StringComparison.Ordinal))
            {
                addresses.Addresses.Remove(address);
                addresses.Addresses.Add($"{address[..^1]}{chosen++}");
            }
        }
    }

    /// <summary>What <c>Listen</c>, <c>ListenAnyIP</c> and the like were told; Kestrel keeps it in a list of its own.</summary>
    private static List<string> Endpoints(KestrelServerOptions options)
    {
        var property = typeof(KestrelServerOptions).GetProperty("CodeBackedListenOptions", BindingFlags.Instance | BindingFlags.NonPublic);
        var listening = property?.GetValue(options) as IEnumerable<ListenOptions> ?? [];
        return [.. listening.Select(Address)];
    }

    private static string Address(ListenOptions options)
    {
        var tls = typeof(ListenOptions).GetProperty("IsTls", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(options) is true;
        var scheme = tls ? "https" : "http";
        return options switch
        {
            { IPEndPoint: { Address: var ip, Port: var port } } => $"{scheme}://{Host(ip)}:{port}",
            { SocketPath: { } path } => $"{scheme}://unix:{path}",
            _ => $"{scheme}://{options}",
        };
    }

    private static string Host(IPAddress address) =>
        address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
