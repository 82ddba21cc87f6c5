using Nexus.Backend.Aws;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Http;

/// <summary>Decides where one function's HTTP clients may go. Immutable and thread-safe.</summary>
internal sealed class UpstreamPolicy
{
    private readonly UpstreamPattern[] _allowed;

    /// <exception cref="NexusException">NEXUS0624.</exception>
    public UpstreamPolicy(IEnumerable<string> allowed)
    {
        _allowed = [.. allowed.Select(UpstreamPattern.Parse)];
    }

    /// <summary>Whether a place may be reached on this machine too, which only an entry of its own allows.</summary>
    /// <param name="scheme"><c>http</c> or <c>https</c>; untrusted.</param>
    /// <param name="authority">Host and port; untrusted.</param>
    /// <exception cref="NexusException">NEXUS0620, NEXUS0621 or NEXUS0623, with the place.</exception>
    public bool Admit(string scheme, string authority)
    {
        if (scheme is not ("http" or "https") || !UpstreamPattern.TrySplit(authority, out var given, out var port) || given.StartsWith('*'))
        {
            throw HttpCallDiagnostics.BadRequest.With($"{scheme}://{authority}");
        }

        var host = given.ToLowerInvariant();
        if (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var literal) && AwsAddressRules.IsLinkLocal(literal))
        {
            throw HttpCallDiagnostics.MetadataAddress.With(authority);
        }

        var number = port ?? (scheme == "https" ? 443 : 80);
        var covered = false;
        foreach (var pattern in _allowed)
        {
            if (pattern.Covers(scheme, host, number))
            {
                if (pattern.IsExact)
                {
                    return true;
                }

                covered = true;
            }
        }

        return covered ? false : throw HttpCallDiagnostics.NotAllowed.With($"{scheme}://{authority}");
    }
}
