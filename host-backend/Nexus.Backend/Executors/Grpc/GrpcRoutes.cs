using System.Collections.Concurrent;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Functions;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>The routes of one function, and how many of its calls there are at once. What a guest makes up only costs it its cache.</summary>
internal sealed class GrpcRoutes(FunctionDefinition function, ResolveNames resolve)
{
    private const int MostRoutes = 256;
    private readonly UpstreamPolicy _policy = new(function.AllowedUpstreams, GrpcDiagnostics.Upstreams);

    public CallSlots Slots { get; } = new(function);

    private readonly ConcurrentDictionary<string, GrpcServers> _servers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ReadOnlyMemory<byte>, GrpcRoute> _routes = new(BytesComparer.Instance);

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0700 to NEXUS0702.</exception>
    public GrpcRoute For(ReadOnlyMemory<byte> encoded)
    {
        if (_routes.TryGetValue(encoded, out var known))
        {
            return known;
        }

        var route = GrpcRoute.Create(encoded.Span, _policy, ServersOf);
        if (_routes.Count >= MostRoutes)
        {
            _routes.Clear();
            _servers.Clear();
        }

        _routes[encoded.ToArray()] = route;
        return route;
    }

    private GrpcServers ServersOf(GrpcMethodHead method) =>
        _servers.GetOrAdd(
            $"{method.Balancing} {method.Scheme} {method.Authority} {string.Join(' ', method.Addresses)}",
            _ => GrpcServers.Create(method, _policy, resolve)
        );

    private sealed class BytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> bytes)
        {
            var hash = default(HashCode);
            hash.AddBytes(bytes.Span);
            return hash.ToHashCode();
        }
    }
}
