using System.Net;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Backend.Sockets;
using Nexus.Channel;

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
    private readonly HttpMessageInvoker _elsewhere;
    private readonly HttpMessageInvoker _anywhere;

    public GrpcConnections(ChannelPump pump)
    {
        _elsewhere = new HttpMessageInvoker(CreateHandler(toThisMachine: false, pump));
        _anywhere = new HttpMessageInvoker(CreateHandler(toThisMachine: true, pump));
    }

    /// <param name="request">The call.</param>
    /// <param name="toThisMachine">Whether the server may be on this machine.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool toThisMachine, CancellationToken cancellation) =>
        (toThisMachine ? _anywhere : _elsewhere).SendAsync(request, cancellation);

    public void Dispose()
    {
        _elsewhere.Dispose();
        _anywhere.Dispose();
    }

    private static SocketsHttpHandler CreateHandler(bool toThisMachine, ChannelPump pump)
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
        };
        PumpConnections.Use(
            handler,
            (context, cancellation) =>
                UpstreamConnection.OpenAsync(context.DnsEndPoint, toThisMachine, GrpcDiagnostics.Upstreams, pump, cancellation)
        );
        return handler;
    }
}
