using System.Net;
using System.Net.Sockets;

namespace Nexus.Backend.Aws;

/// <summary>Addresses nothing is sent to on a guest's behalf, whatever name led there.</summary>
internal static class AwsAddressRules
{
    private static readonly IPNetwork s_linkLocal4 = IPNetwork.Parse("169.254.0.0/16");
    private static readonly IPNetwork s_ec2Metadata6 = IPNetwork.Parse("fd00:ec2::/32");
    private static readonly IPNetwork s_azureWireServer = IPNetwork.Parse("168.63.129.16/32");
    private static readonly IPNetwork s_alibabaMetadata = IPNetwork.Parse("100.100.100.200/32");

    /// <summary>Link-local addresses and the clouds' metadata services.</summary>
    public static bool IsLinkLocal(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? s_linkLocal4.Contains(plain) || s_azureWireServer.Contains(plain) || s_alibabaMetadata.Contains(plain)
            : plain.IsIPv6LinkLocal || s_ec2Metadata6.Contains(plain);
    }

    /// <summary>Addresses of this machine, which a public AWS name must never resolve to.</summary>
    public static bool IsThisMachine(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any);
    }
}
