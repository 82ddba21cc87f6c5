using System.Net;
using Nexus.Backend.Aws;
using Nexus.Backend.Sockets;
using Nexus.Channel;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Upstreams;

/// <summary>Connects to an admitted place. Its name is resolved here, and what it leads to is judged before anything is sent there.</summary>
internal static class UpstreamConnection
{
    /// <param name="endPoint">Host and port.</param>
    /// <param name="toThisMachine">Whether the name may lead to this machine.</param>
    /// <param name="refusals">What to say.</param>
    /// <param name="pump">Whose threads wait for the connection.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="NexusException">The name leads where nobody may go.</exception>
    public static async ValueTask<PumpStream> OpenAsync(
        DnsEndPoint endPoint,
        bool toThisMachine,
        UpstreamRefusals refusals,
        ChannelPump pump,
        CancellationToken cancellation
    )
    {
        var host = endPoint.Host;
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        foreach (var address in addresses)
        {
            // Whoever answers for a name must not be able to point a function at the metadata service or at this node.
            if (AwsAddressRules.IsLinkLocal(address))
            {
                throw refusals.MetadataAddress.With($"{host} resolves to {address}");
            }

            if (!toThisMachine && AwsAddressRules.IsThisMachine(address))
            {
                throw refusals.ThisMachine.With($"{host} resolves to {address}");
            }
        }

        return await PumpStream.ConnectAsync(addresses, endPoint.Port, pump, cancellation).ConfigureAwait(false);
    }
}
