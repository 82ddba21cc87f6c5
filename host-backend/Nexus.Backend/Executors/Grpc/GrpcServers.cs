using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Channel.Messages;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>The servers of a channel that has several, and the order in which a call tries them. All methods of the channel share it.</summary>
internal sealed class GrpcServers
{
    private const int MostAddresses = 64;
    private static readonly TimeSpan s_shortestAge = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_longestAge = TimeSpan.FromMinutes(2);

    private readonly object _lock = new();
    private readonly bool _rotates;
    private readonly ResolveNames _resolve;
    private GrpcServer[] _servers = [];
    private long _resolvedAt;
    private int _next = -1;
    private Task? _resolving;

    private GrpcServers(bool rotates, GrpcServer[] servers, GrpcServer? named, ResolveNames resolve)
    {
        _rotates = rotates;
        _servers = servers;
        Named = named;
        _resolve = resolve;
    }

    /// <summary>What the channel's one name stands for; null when each server has a name of its own.</summary>
    public GrpcServer? Named { get; }

    /// <summary>Judges what a guest says of its servers: each has to be allowed.</summary>
    /// <exception cref="NexusException">NEXUS0700 to NEXUS0702.</exception>
    public static GrpcServers Create(GrpcMethodHead method, UpstreamPolicy policy, ResolveNames resolve)
    {
        var rotates = method.Balancing == GrpcBalancing.RoundRobin;
        if (method.Addresses.Count == 0)
        {
            var name = GrpcTargetAddress.Of(method.Scheme, method.Authority);
            var named = new GrpcServer(name, host: null, policy.Admit(method.Scheme, method.Authority));
            return new GrpcServers(rotates, [], named, resolve);
        }

        if (method.Addresses.Count > MostAddresses)
        {
            throw GrpcDiagnostics.BadTarget.With($"{method.Addresses.Count} addresses");
        }

        var servers = method.Addresses.Select(address => new GrpcServer(
            GrpcTargetAddress.Of(method.Scheme, address),
            host: null,
            policy.Admit(method.Scheme, address)
        ));
        return new GrpcServers(rotates, [.. servers], named: null, resolve);
    }

    /// <summary>The servers in the order in which the next call tries them, those at the end that could not be reached a moment ago.</summary>
    /// <exception cref="HttpRequestException">The name leads nowhere.</exception>
    public async ValueTask<GrpcServer[]> InOrderAsync(CancellationToken cancellation)
    {
        if (Named is not null && IsStale)
        {
            await ResolveOnceAsync(Named).WaitAsync(cancellation).ConfigureAwait(false);
        }

        var servers = Volatile.Read(ref _servers);
        var first = _rotates ? (int)((uint)Interlocked.Increment(ref _next) % (uint)servers.Length) : 0;
        return [.. servers[first..].Concat(servers[..first]).OrderBy(static server => server.IsResting)];
    }

    private bool IsStale
    {
        get
        {
            var servers = Volatile.Read(ref _servers);
            var age = Stopwatch.GetElapsedTime(Volatile.Read(ref _resolvedAt));
            return servers.Length == 0 || age > s_longestAge || (age > s_shortestAge && servers.Any(static server => server.IsResting));
        }
    }

    /// <summary>All calls that find the addresses stale wait for one answer.</summary>
    private Task ResolveOnceAsync(GrpcServer named)
    {
        lock (_lock)
        {
            return _resolving is { IsCompleted: false } running ? running : _resolving = ResolveAsync(named);
        }
    }

    private async Task ResolveAsync(GrpcServer named)
    {
        var name = named.Address;
        try
        {
            var addresses = await _resolve(name.Host, CancellationToken.None).ConfigureAwait(false);
            var known = Volatile.Read(ref _servers).ToDictionary(static server => server.Address);
            var servers = addresses
                .Select(address => new UriBuilder(name) { Host = address.ToString() }.Uri)
                .Distinct()
                .Take(MostAddresses)
                .Select(uri => known.GetValueOrDefault(uri) ?? new GrpcServer(uri, $"{name.Host}:{name.Port}", named.ReachesThisMachine))
                .ToArray();
            if (servers.Length > 0)
            {
                Volatile.Write(ref _servers, servers);
            }
        }
        catch (SocketException unknown)
        {
            if (_servers.Length == 0)
            {
                throw new HttpRequestException(HttpRequestError.NameResolutionError, unknown.Message, unknown);
            }
        }

        // After a failure, too: what was known serves on, and the name service is not asked again by every call.
        Volatile.Write(ref _resolvedAt, Stopwatch.GetTimestamp());

        if (_servers.Length == 0)
        {
            throw new HttpRequestException(
                HttpRequestError.NameResolutionError,
                $"{name.Host} has no address",
                new SocketException((int)SocketError.HostNotFound)
            );
        }
    }
}
