using Nexus.Backend.Executors.Upstreams;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Where the calls of one method of one channel go; made once and kept, since every call of it says the same.</summary>
internal sealed class GrpcRoute
{
    private GrpcRoute(GrpcMethodHead method, Uri uri, bool reachesThisMachine)
    {
        ReachesThisMachine = reachesThisMachine;
        Method = method;
        Uri = uri;
    }

    public GrpcMethodHead Method { get; }

    /// <summary>Address of the method.</summary>
    public Uri Uri { get; }

    /// <summary>Whether the server may be on this machine.</summary>
    public bool ReachesThisMachine { get; }

    /// <summary>Reads and judges what a guest says about a method.</summary>
    /// <exception cref="NexusException">NEXUS0700 to NEXUS0702.</exception>
    /// <exception cref="ProtocolViolationException">It is not well-formed.</exception>
    public static GrpcRoute Create(ReadOnlySpan<byte> encoded, UpstreamPolicy policy)
    {
        var method = GrpcMethodHead.Read(encoded);
        var server = GrpcTargetAddress.Of(method);
        if (
            !method.Path.StartsWith('/')
            || method.Path.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0
            || method.Path.AsSpan().ContainsAny('?', '#')
        )
        {
            throw GrpcDiagnostics.BadTarget.With(method.Path);
        }

        return new GrpcRoute(method, new Uri(server, method.Path), policy.Admit(method.Scheme, method.Authority));
    }
}
