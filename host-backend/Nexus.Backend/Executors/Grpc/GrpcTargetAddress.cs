using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>A channel's address as a guest gives it.</summary>
internal static class GrpcTargetAddress
{
    private const int MostText = 1024;

    /// <summary>The server to be judged and called.</summary>
    /// <exception cref="NexusException">NEXUS0702.</exception>
    public static Uri Of(string scheme, string authority)
    {
        if (
            scheme is not ("http" or "https")
            || authority.Length is 0 or > MostText
            || authority.AsSpan().ContainsAny("/?#@\\")
            || !Uri.TryCreate($"{scheme}://{authority}/", UriKind.Absolute, out var server)
        )
        {
            throw GrpcDiagnostics.BadTarget.With($"{scheme}://{authority}");
        }

        return server;
    }
}
