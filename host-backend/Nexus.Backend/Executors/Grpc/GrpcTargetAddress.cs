using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>A channel's address as a guest gives it.</summary>
internal static class GrpcTargetAddress
{
    private const int MostText = 1024;

    /// <summary>The server to be judged and called.</summary>
    /// <exception cref="NexusException">NEXUS0702.</exception>
    public static Uri Of(GrpcMethodHead method)
    {
        var authority = method.Authority;
        if (
            method.Scheme is not ("http" or "https")
            || authority.Length is 0 or > MostText
            || authority.AsSpan().ContainsAny("/?#@\\")
            || !Uri.TryCreate($"{method.Scheme}://{authority}/", UriKind.Absolute, out var server)
        )
        {
            throw GrpcDiagnostics.BadTarget.With($"{method.Scheme}://{method.Authority}");
        }

        return server;
    }
}
