using System.Net;
using System.Net.Sockets;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>
/// The node's HTTP/2 connections to gRPC servers, shared by all functions: without encryption for <c>http</c>, over TLS for <c>https</c>. Sends what it is given and
/// nothing of its own; never connects to link-local addresses.
/// </summary>
internal sealed class GrpcConnections : IDisposable
{
    // What a server may send ahead of a function that does not read: it is buffered here, once per call.
    private const int MostStreamWindow = 1024 * 1024;
    private const string WindowLimit = "System.Net.SocketsHttpHandler.Http2FlowControl.MaxStreamWindowSize";
    private readonly HttpMessageInvoker _invoker;

    public GrpcConnections(Action<SocketsHttpHandler>? configure = null)
    {
        _invoker = new HttpMessageInvoker(CreateHandler(configure));
    }

    /// <summary>A handler with the node's rules, for connections of somebody's own.</summary>
    public static SocketsHttpHandler CreateHandler(Action<SocketsHttpHandler>? configure = null)
    {
        if (AppContext.GetData(WindowLimit) is null)
        {
            AppContext.SetData(WindowLimit, MostStreamWindow);
        }

        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            Credentials = null,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 64,
            ConnectCallback = ConnectAsync,
        };
        configure?.Invoke(handler);
        return handler;
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _invoker.SendAsync(request, cancellation);

    public void Dispose() => _invoker.Dispose();

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        foreach (var address in addresses)
        {
            GrpcUpstreams.CheckAddress(host, address);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
