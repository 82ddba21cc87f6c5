using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Ingress.Servers;
using Nexus.Backend.Ingress.Transport;
using Nexus.Backend.Instances;
using Nexus.Channel;

namespace Nexus.Backend.Ingress;

/// <summary>The listeners of the routes: a Kestrel of their own, without the pipeline that the Invoke API has.</summary>
internal sealed class IngressServer : IAsyncDisposable
{
    private const int MostHeaderBytes = 48 * 1024;
    private const int MostHeaders = 500;
    private readonly WebApplication _host;
    private readonly IServer _server;
    private readonly List<(IngressListener Listener, ListenOptions Options)> _bound;

    private IngressServer(WebApplication host, List<(IngressListener, ListenOptions)> bound)
    {
        _host = host;
        _server = host.Services.GetRequiredService<IServer>();
        _bound = bound;
    }

    /// <summary>Where the listeners really listen, in the order of the routes that first named them.</summary>
    public IReadOnlyList<string> Addresses => [.. _bound.Select(static entry => entry.Listener.AddressOf(entry.Options))];

    /// <summary>The server of this node that a gRPC call to an address would reach through one of the listeners.</summary>
    public INodeUpstream? FindServer(Uri address)
    {
        foreach (var (listener, options) in _bound)
        {
            if (listener.FindServer(address, options) is { } pool)
            {
                return new NodeUpstream(pool);
            }
        }

        return null;
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="listeners">At least one.</param>
    /// <param name="pump">Whose threads wait for callers.</param>
    /// <param name="loggers">The node's.</param>
    /// <exception cref="Diagnostics.NexusException">NEXUS0254: an address is taken. NEXUS0802: a certificate cannot be used.</exception>
    public static async Task<IngressServer> StartAsync(
        IReadOnlyList<IngressListener> listeners,
        ChannelPump pump,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var bound = new List<(IngressListener, ListenOptions)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new IngressLoggers(loggers));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        // Kestrel asks the one that was added last first.
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new PumpTransport(
            pump,
            services.GetRequiredService<IMemoryPoolFactory<byte>>()
        ));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            // Above Kestrel's own defaults, so that a program refuses by its own limits; bounded by what fits into a head.
            kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
            kestrel.Limits.MaxRequestHeaderCount = MostHeaders;
            kestrel.Limits.MaxRequestLineSize = MostHeaderBytes / 2;
            foreach (var listener in listeners)
            {
                listener.Apply(kestrel, options => bound.Add((listener, options)));
            }
        });
        var server = new IngressServer(builder.Build(), bound);
        try
        {
            await server._server.StartAsync(new IngressApplication(), cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Exception failure) when (failure is IOException or SocketException or AddressInUseException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw InstanceDiagnostics.ListenFailed.With(string.Join(' ', listeners.Select(static listener => listener.Listen)), failure);
        }
    }

    /// <summary>Takes no more connections and waits for requests that run, until <paramref name="cancellation"/>.</summary>
    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
