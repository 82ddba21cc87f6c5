using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Nexus.Backend.Ingress.Transport;
using Nexus.Channel;

namespace Nexus.Backend.Tests.Ingress;

/// <summary>Kestrel with one application, on the pump's connections or on its own.</summary>
internal sealed class TransportServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly ChannelPump _pump;

    private TransportServer(WebApplication host, ChannelPump pump, int port)
    {
        _host = host;
        _pump = pump;
        Port = port;
    }

    public int Port { get; }

    /// <param name="onPump">Whether the pump waits for callers; otherwise Kestrel's own sockets do.</param>
    /// <param name="tls">HTTP/2 over TLS, by a certificate for localhost; otherwise HTTP/1.1.</param>
    /// <param name="application">Answers.</param>
    public static async Task<TransportServer> StartAsync(bool onPump, bool tls, RequestDelegate application)
    {
        var pump = new ChannelPump("test-pump", 4, spinMicroseconds: 0, itemsMayBlock: false);
        pump.Start();
        var port = 0;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        if (onPump)
        {
            builder.Services.AddSingleton<IConnectionListenerFactory>(services => new PumpTransport(
                pump,
                services.GetRequiredService<IMemoryPoolFactory<byte>>()
            ));
        }

        ListenOptions? bound = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                0,
                options =>
                {
                    bound = options;
                    options.Protocols = tls ? HttpProtocols.Http2 : HttpProtocols.Http1;
                    if (tls)
                    {
                        options.UseHttps(SelfSigned());
                    }

                    options.Use(next =>
                        connection =>
                        {
                            connection.Features.Get<ConnectionScheduler>()?.IsEstablished = true;
                            return next(connection);
                        }
                    );
                }
            )
        );
        var host = builder.Build();
        host.Run(application);
        await host.StartAsync();
        port = bound!.IPEndPoint!.Port;
        return new TransportServer(host, pump, port);
    }

    public Task StopAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        return _host.StopAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _pump.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
