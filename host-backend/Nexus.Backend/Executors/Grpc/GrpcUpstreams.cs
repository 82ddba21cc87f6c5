using System.Net;
using Nexus.Backend.Aws;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Where the gRPC clients of functions may go: the operator's list, and never a link-local or metadata address.</summary>
internal static class GrpcUpstreams
{
    /// <summary>Refuses a server that the function was not given.</summary>
    /// <param name="allowed">Entries <c>host</c>, <c>host:port</c>, <c>scheme://host:port</c>, <c>*.suffix</c> or <c>*</c>.</param>
    /// <param name="target">The server.</param>
    /// <exception cref="NexusException">NEXUS0700 or NEXUS0701.</exception>
    public static void Check(IReadOnlyList<string> allowed, Uri target)
    {
        if (!allowed.Any(entry => Matches(entry, target)))
        {
            throw GrpcDiagnostics.UpstreamNotAllowed.With($"{target.Scheme}://{target.Authority}");
        }

        if (IPAddress.TryParse(target.Host.Trim('[', ']'), out var address))
        {
            CheckAddress(target.Host, address);
        }
    }

    /// <summary>Refuses an address whatever name led there; called for each before it is connected to.</summary>
    /// <exception cref="NexusException">NEXUS0701.</exception>
    public static void CheckAddress(string host, IPAddress address)
    {
        if (AwsAddressRules.IsLinkLocal(address))
        {
            throw GrpcDiagnostics.LinkLocalAddress.With($"{host} resolves to {address}");
        }
    }

    private static bool Matches(string entry, Uri target)
    {
        if (entry == "*")
        {
            return true;
        }

        if (entry.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(entry, UriKind.Absolute, out var exact)
                && exact.Scheme == target.Scheme
                && exact.Port == target.Port
                && exact.Host.Equals(target.Host, StringComparison.OrdinalIgnoreCase);
        }

        if (entry.StartsWith("*.", StringComparison.Ordinal))
        {
            return target.Host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase);
        }

        return entry.Equals(target.Host, StringComparison.OrdinalIgnoreCase)
            || entry.Equals($"{target.Host}:{target.Port}", StringComparison.OrdinalIgnoreCase);
    }
}
