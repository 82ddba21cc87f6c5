using Nexus.Backend.Aws;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Upstreams;

/// <summary>Decides where one function's clients of one stack may go. Immutable and thread-safe.</summary>
internal sealed class UpstreamPolicy
{
    private readonly UpstreamPattern[] _allowed;
    private readonly UpstreamRefusals _refusals;

    /// <param name="allowed">The operator's list.</param>
    /// <param name="refusals">What the stack says.</param>
    /// <exception cref="FormatException">An entry is not well-formed.</exception>
    public UpstreamPolicy(IEnumerable<string> allowed, UpstreamRefusals refusals)
    {
        _refusals = refusals;
        _allowed = [.. allowed.Select(UpstreamPattern.Parse)];
    }

    /// <summary>Whether a place may be reached on this machine too, which only an entry of its own allows.</summary>
    /// <param name="scheme"><c>http</c> or <c>https</c>; untrusted.</param>
    /// <param name="authority">Host and port; untrusted.</param>
    /// <exception cref="NexusException">One of the stack's refusals, with the place.</exception>
    public bool Admit(string scheme, string authority)
    {
        if (scheme is not ("http" or "https") || !UpstreamPattern.TrySplit(authority, out var given, out var port) || given.StartsWith('*'))
        {
            throw _refusals.BadTarget.With($"{scheme}://{authority}");
        }

        var host = given.ToLowerInvariant();
        if (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var literal) && AwsAddressRules.IsLinkLocal(literal))
        {
            throw _refusals.MetadataAddress.With(authority);
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

        return covered ? false : throw _refusals.NotAllowed.With($"{scheme}://{authority}");
    }
}
