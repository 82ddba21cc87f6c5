using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Http2.Hpack;
using Nexus.Channel;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Where the calls of one method of one channel go; made once and kept, since every call of it says the same.</summary>
internal sealed class GrpcRoute
{
    private readonly GrpcServer[] _only;
    private readonly GrpcServers? _servers;
    private HeaderBlock? _block;

    private GrpcRoute(GrpcMethodHead method, GrpcServer? only, GrpcServers? servers)
    {
        Method = method;
        _only = only is null ? [] : [only];
        _servers = servers;
    }

    public GrpcMethodHead Method { get; }

    /// <summary>What the authority names, whether that is one server or several; null when each of several has a name of its own.</summary>
    public GrpcServer? Named => _servers is null ? _only[0] : _servers.Named;

    /// <summary>Reads and judges what a guest says about a method.</summary>
    /// <exception cref="NexusException">NEXUS0700 to NEXUS0702.</exception>
    /// <exception cref="ProtocolViolationException">It is not well-formed.</exception>
    /// <param name="encoded">What it says.</param>
    /// <param name="policy">Where the function may go.</param>
    /// <param name="serversOf">Those of a channel that has several.</param>
    public static GrpcRoute Create(ReadOnlySpan<byte> encoded, UpstreamPolicy policy, Func<GrpcMethodHead, GrpcServers> serversOf)
    {
        var method = GrpcMethodHead.Read(encoded);
        if (
            !method.Path.StartsWith('/')
            || method.Path.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0
            || method.Path.AsSpan().ContainsAny('?', '#')
        )
        {
            throw GrpcDiagnostics.BadTarget.With(method.Path);
        }

        if (method.Balancing != GrpcBalancing.None)
        {
            return new GrpcRoute(method, only: null, serversOf(method));
        }

        var server = GrpcTargetAddress.Of(method.Scheme, method.Authority);
        return new GrpcRoute(
            method,
            new GrpcServer(new Uri(server, method.Path), host: null, policy.Admit(method.Scheme, method.Authority)),
            servers: null
        );
    }

    /// <summary>The servers of the next call, in the order in which it tries them.</summary>
    public ValueTask<GrpcServer[]> InOrderAsync(CancellationToken cancellation) =>
        _servers?.InOrderAsync(cancellation) ?? new ValueTask<GrpcServer[]>(_only);

    /// <summary>Address of the method at a server.</summary>
    public Uri UriAt(GrpcServer server) => _servers is null ? server.Address : new Uri(server.Address, Method.Path);

    /// <summary>The part of a call's header block that the method determines.</summary>
    public HeaderBlock BlockAt(GrpcServer server) =>
        _servers is null ? _block ??= GrpcRequest.EncodeMethod(Method, server) : GrpcRequest.EncodeMethod(Method, server);
}
