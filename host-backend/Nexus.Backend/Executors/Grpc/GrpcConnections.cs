using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Http2;
using Nexus.Backend.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>
/// The node's HTTP/2 connections to gRPC servers, shared by all functions: without encryption for <c>http</c>, over TLS for <c>https</c>. Never connects to link-local
/// addresses.
/// </summary>
internal sealed class GrpcConnections : IDisposable
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_upkeep = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<GrpcConnectionKey, Http2Pool> _pools = new();
    private readonly ChannelPump _pump;
    private readonly Timer _upkeep;
    private volatile bool _isDisposed;

    public GrpcConnections(ChannelPump pump)
    {
        _pump = pump;
        _upkeep = new Timer(static connections => ((GrpcConnections)connections!).CloseUnused(), this, s_upkeep, s_upkeep);
    }

    /// <summary>A connection to a server with a place for one call.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HttpRequestException">None can be made.</exception>
    public ValueTask<Http2Connection> EnterAsync(GrpcServer server, CancellationToken cancellation)
    {
        while (true)
        {
            var pool = _pools.GetOrAdd(server.Key, static (key, self) => new Http2Pool(onRoom => self.ConnectAsync(key, onRoom)), this);
            if (pool.TryEnter(cancellation, out var entered))
            {
                return entered;
            }

            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _pools.TryRemove(new KeyValuePair<GrpcConnectionKey, Http2Pool>(server.Key, pool));
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _upkeep.Dispose();
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }

    private void CloseUnused()
    {
        foreach (var (key, pool) in _pools)
        {
            if (pool.CloseUnused(s_idleLimit, s_connectLimit))
            {
                _pools.TryRemove(new KeyValuePair<GrpcConnectionKey, Http2Pool>(key, pool));
            }
        }
    }

    private async Task<Http2Connection> ConnectAsync(GrpcConnectionKey key, Action<Http2Connection> onRoom)
    {
        using var limit = new CancellationTokenSource(s_connectLimit);
        var plain = await OpenAsync(key, limit.Token).ConfigureAwait(false);
        try
        {
            var stream = key.Scheme == Uri.UriSchemeHttps ? await SecureAsync(plain, key, limit.Token).ConfigureAwait(false) : plain;
            // Until here the pool worked, since checking certificates may block. From now on nothing does.
            plain.ContinueOnPump();
            return new Http2Connection(stream, onRoom);
        }
        catch
        {
            await plain.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Connects; what goes wrong is said as .NET's own client says it.</summary>
    private async Task<PumpStream> OpenAsync(GrpcConnectionKey key, CancellationToken cancellation)
    {
        try
        {
            return await UpstreamConnection
                .OpenAsync(new DnsEndPoint(key.Host, key.Port), key.ReachesThisMachine, GrpcDiagnostics.Upstreams, _pump, cancellation)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException late)
        {
            throw TooLate(late);
        }
        catch (Exception failure)
        {
            var isName =
                failure is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData };
            throw new HttpRequestException(
                isName ? HttpRequestError.NameResolutionError : HttpRequestError.ConnectionError,
                $"{failure.Message} ({key.Host}:{key.Port})",
                failure
            );
        }
    }

    private static async Task<Stream> SecureAsync(PumpStream plain, GrpcConnectionKey key, CancellationToken cancellation)
    {
        var stream = new SslStream(plain);
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = key.Name,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            };
            await stream.AuthenticateAsClientAsync(options, cancellation).ConfigureAwait(false);
            return stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2
                ? stream
                : throw new HttpRequestException(
                    HttpRequestError.VersionNegotiationError,
                    "Requesting HTTP version 2.0 with version policy RequestVersionExact while unable to establish HTTP/2 connection."
                );
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw failure switch
            {
                HttpRequestException => failure,
                OperationCanceledException late => TooLate(late),
                _ => new HttpRequestException(
                    failure is AuthenticationException or IOException
                        ? HttpRequestError.SecureConnectionError
                        : HttpRequestError.ConnectionError,
                    "The SSL connection could not be established, see inner exception.",
                    failure
                ),
            };
        }
    }

    private static TaskCanceledException TooLate(OperationCanceledException late)
    {
        var cause = new TimeoutException("A connection could not be established within the configured ConnectTimeout.", late);
        return new TaskCanceledException(cause.Message, cause);
    }
}
