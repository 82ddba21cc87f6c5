using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Text;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Executors.Http;

/// <summary>
/// The node's connections to the services that functions call, one pool per setting. They send what they are given and nothing else: no redirects, cookies,
/// decompression, tracing headers or credentials of their own.
/// </summary>
/// <param name="pump">Its threads wait for the connections, and run what waited for them.</param>
public sealed class HttpPools(ChannelPump pump) : IDisposable
{
    private const int MostPools = 64;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<HttpPoolKey, Lazy<HttpMessageInvoker>> _pools = new();

    /// <exception cref="Nexus.Diagnostics.NexusException">NEXUS0625.</exception>
    internal HttpMessageInvoker For(HttpPoolKey key)
    {
        if (!_pools.TryGetValue(key, out var pool))
        {
            // Settings come from functions' code, which could make up any number of them.
            if (_pools.Count >= MostPools)
            {
                throw HttpCallDiagnostics.TooManySettings.With($"{key.Proxy} {key.ConnectTimeoutMs} {key.MaxResponseHeadersKb}");
            }

            pool = _pools.GetOrAdd(key, made => new Lazy<HttpMessageInvoker>(() => new HttpMessageInvoker(Create(made, pump))));
        }

        return pool.Value;
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
        {
            if (pool.IsValueCreated)
            {
                pool.Value.Dispose();
            }
        }
    }

    private static SocketsHttpHandler Create(HttpPoolKey key, ChannelPump pump)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            PreAuthenticate = false,
            Credentials = null,
            UseProxy = !key.IsDirect,
            Proxy = key.Proxy is null ? null : new WebProxy(key.Proxy),
            EnableMultipleHttp2Connections = true,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxResponseHeadersLength = key.MaxResponseHeadersKb,
            ConnectTimeout = Milliseconds(key.ConnectTimeoutMs),
            Expect100ContinueTimeout = Milliseconds(key.ExpectTimeoutMs),
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        var toThisMachine = key.ReachesThisMachine;
        PumpConnections.Use(
            handler,
            (context, cancellation) =>
                // A proxy is the operator's; what it reaches is not decided here.
                UpstreamConnection.OpenAsync(
                    context.DnsEndPoint,
                    toThisMachine || !IsRequestsOwn(context),
                    HttpCallDiagnostics.Upstreams,
                    pump,
                    cancellation
                )
        );
        return handler;
    }

    private static TimeSpan Milliseconds(int time) => time < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(time);

    private static bool IsRequestsOwn(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } uri
        && uri.IdnHost.Equals(context.DnsEndPoint.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
        && uri.Port == context.DnsEndPoint.Port;
}
