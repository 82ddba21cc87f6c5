using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>A channel's address as a guest gives it.</summary>
internal static class GrpcTargetAddress
{
    /// <summary>The scheme of names that the library's own resolver looks up.</summary>
    public const string Dns = "dns";
    private const int MostText = 1024;

    /// <summary>The server to be judged and called; for <c>dns</c> the name and port that are looked up.</summary>
    /// <exception cref="NexusException">NEXUS0702.</exception>
    public static Uri Of(GrpcMethodHead method)
    {
        var isKnown = method.Scheme is "http" or "https" or Dns;
        var authority = method.Scheme == Dns ? method.Authority.TrimStart('/') : method.Authority;
        var plain = method.Scheme == "https" ? "https" : "http";
        if (
            !isKnown
            || authority.Length is 0 or > MostText
            || authority.AsSpan().ContainsAny("/?#@\\")
            || !Uri.TryCreate($"{plain}://{authority}/", UriKind.Absolute, out var server)
        )
        {
            throw GrpcDiagnostics.BadTarget.With($"{method.Scheme}://{method.Authority}");
        }

        return server;
    }
}
