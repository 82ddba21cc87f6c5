using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Nexus.Backend.Ingress.Transport;

namespace Nexus.Backend.Ingress;

/// <summary>One address that callers connect to, with its protocols, its certificate and the routes behind it.</summary>
internal sealed class IngressListener
{
    private readonly BindingAddress _address;
    private readonly HttpProtocols _protocols;
    private readonly ListenerCertificate? _certificate;
    private readonly RouteTable _routes;

    public IngressListener(string listen, HttpProtocols protocols, ListenerCertificate? certificate, RouteTable routes)
    {
        Listen = listen;
        _address = BindingAddress.Parse(listen);
        _protocols = protocols;
        _certificate = certificate;
        _routes = routes;
    }

    /// <summary>As configured.</summary>
    public string Listen { get; }

    /// <summary>
    /// The server that a gRPC call from this node to this listener would reach; null where a socket decides: TLS has certificates to judge, another host's name may
    /// be another machine's, and a listener without HTTP/2 refuses.
    /// </summary>
    public Instances.ServerPool? FindServer(Uri address, ListenOptions options) =>
        _address.Scheme == "http"
        && address.Scheme == "http"
        && options.IPEndPoint?.Port == address.Port
        && (address.IsLoopback || _routes.Names(address.Host))
        && (_protocols & HttpProtocols.Http2) != 0
        && _routes.Find(address.Host, address.AbsolutePath) is Servers.ServerTarget target
            ? target.Pool
            : null;

    /// <summary>Adds itself to Kestrel's endpoints.</summary>
    public void Apply(KestrelServerOptions kestrel, Action<ListenOptions> bound)
    {
        void Configure(ListenOptions options)
        {
            options.Protocols = _protocols;
            _certificate?.Apply(options);
            options.Use(next =>
                connection =>
                {
                    connection.Features.Set(_routes);
                    connection.Features.Get<ConnectionScheduler>()?.IsEstablished = true;
                    return next(connection);
                }
            );
            bound(options);
        }

        if (_address.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(_address.UnixPipePath, Configure);
        }
        else if (IPAddress.TryParse(_address.Host.Trim('[', ']'), out var ip))
        {
            kestrel.Listen(ip, _address.Port, Configure);
        }
        else if (_address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && _address.Port != 0)
        {
            kestrel.ListenLocalhost(_address.Port, Configure);
        }
        else if (_address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // A free port is one port: of the one loopback that every machine has.
            kestrel.Listen(IPAddress.Loopback, 0, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(_address.Port, Configure);
        }
    }

    /// <summary>The address with its real port.</summary>
    public string AddressOf(ListenOptions options)
    {
        var port = options.IPEndPoint?.Port ?? _address.Port;
        return _address.IsUnixPipe ? Listen : $"{_address.Scheme}://{_address.Host}:{port}";
    }
}
