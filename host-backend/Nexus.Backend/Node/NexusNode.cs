using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Aws;
using Nexus.Backend.Executors;
using Nexus.Backend.Executors.Aws;
using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Executors.Http;
using Nexus.Backend.Ingress;
using Nexus.Backend.Instances;
using Nexus.Backend.Metrics;
using Nexus.Channel;
using OpenTelemetry.Metrics;

namespace Nexus.Backend.Node;

/// <summary>The always-on backend of one machine: ingress, functions, executors and metrics.</summary>
public sealed class NexusNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ChannelPump _pump;
    private readonly AwsHttpClient _http;
    private readonly HttpPools _httpPools;
    private readonly GrpcCallExecutor _grpc;
    private readonly NodeOptions _options;
    private readonly AsyncInvocations _events;
    private readonly Timer _housekeeping;
    private IngressServer? _ingress;
    private int _stopped;

    private NexusNode(WebApplication app, NodeOptions options, NodeParts parts)
    {
        _app = app;
        _options = options;
        _pump = parts.Pump;
        _http = parts.Http;
        _httpPools = parts.HttpPools;
        _grpc = parts.Grpc;
        _events = parts.Events;
        Functions = parts.Functions;
        Servers = parts.Servers;
        Services = parts.Services;
        Metrics = parts.Metrics;
        _housekeeping = new Timer(static node => ((NexusNode)node!).KeepHouse(), this, 1000, 1000);
    }

    /// <summary>Where the Invoke API listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where the listeners of the routes listen, in the order in which the routes name them.</summary>
    public IReadOnlyList<string> IngressAddresses => _ingress?.Addresses ?? [];

    /// <summary>The server of this node that a gRPC call to an address would reach; null for none.</summary>
    internal INodeUpstream? FindServer(Uri address) => _ingress?.FindServer(address);

    /// <summary>Functions with a Lambda handler, by name.</summary>
    public IReadOnlyDictionary<string, FunctionPool> Functions { get; }

    /// <summary>Functions that are servers, by name; <see cref="ServerPool.OpenAsync"/> is the way in for callers within the node.</summary>
    public IReadOnlyDictionary<string, ServerPool> Servers { get; }

    private IEnumerable<IInstancePool> Pools => Functions.Values.Concat<IInstancePool>(Servers.Values);

    public NexusMetrics Metrics { get; }

    /// <summary>For <see cref="ProgramRun"/>.</summary>
    public InstanceServices Services { get; }

    /// <summary>Starts a node; it serves when this returns.</summary>
    /// <exception cref="Diagnostics.NexusException">The address is taken, or a setting is not usable.</exception>
    public static async Task<NexusNode> StartAsync(NodeOptions options, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder
            .WebHost.UseUrls(options.Listen)
            .ConfigureKestrel(static kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = InvokeEndpoint.MostRequestBytes;
            });
        ConfigureLogging(builder, options);
        ConfigureMetrics(builder, options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds + 5));
        var app = builder.Build();
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        var parts = NodeParts.Create(options, loggers);
        parts.Services.Machines = options.Machines;
        var node = new NexusNode(app, options, parts);
        node.MapEndpoints();
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
            if (parts.Listeners.Count > 0)
            {
                node._ingress = await IngressServer
                    .StartAsync(parts.Listeners, parts.Pump, loggers, cancellationToken)
                    .ConfigureAwait(false);
                parts.Grpc.InNode = node._ingress.FindServer;
            }
        }
        catch (Diagnostics.NexusException)
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        catch (IOException failure)
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw InstanceDiagnostics.ListenFailed.With(options.Listen, failure);
        }

        node.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        app.Lifetime.ApplicationStopping.Register(() => node.DrainAsync().GetAwaiter().GetResult());
        return node;
    }

    /// <summary>Returns after SIGTERM, SIGINT or cancellation, when everything running has ended.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await DrainAsync().ConfigureAwait(false);
        if (_ingress is not null)
        {
            await _ingress.DisposeAsync().ConfigureAwait(false);
        }

        await _app.DisposeAsync().ConfigureAwait(false);
        await _housekeeping.DisposeAsync().ConfigureAwait(false);
        _pump.Dispose();
        _http.Dispose();
        _httpPools.Dispose();
        _grpc.Dispose();
        Metrics.Dispose();
        _events.Dispose();
    }

    private static void ConfigureLogging(WebApplicationBuilder builder, NodeOptions options)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(Enum.Parse<LogLevel>(options.LogLevel, ignoreCase: true));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is the caller's to report, with an id and without a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        if (!options.Quiet)
        {
            builder.Logging.AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
            // Results go to standard output; what the node has to say goes to standard error.
            builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(static console =>
                console.LogToStandardErrorThreshold = LogLevel.Trace
            );
        }
    }

    private static void ConfigureMetrics(WebApplicationBuilder builder, NodeOptions options) =>
        builder
            .Services.AddOpenTelemetry()
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(NexusMetrics.MeterName, "System.Runtime").AddPrometheusExporter();
                if (options.OtlpEndpoint.Length > 0)
                {
                    metrics.AddOtlpExporter(exporter => exporter.Endpoint = new Uri(options.OtlpEndpoint));
                }
            });

    private void MapEndpoints()
    {
        new InvokeEndpoint(Functions, _events, Metrics).Map(_app);
        new StatusEndpoint([.. Pools], Metrics).Map(_app);
        _app.MapPrometheusScrapingEndpoint();
    }

    private async Task DrainAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        await _events.StopAsync().ConfigureAwait(false);
        var patience = TimeSpan.FromSeconds(_options.DrainSeconds);
        if (_ingress is not null)
        {
            using var impatience = new CancellationTokenSource(patience);
            await _ingress.StopAsync(impatience.Token).ConfigureAwait(false);
        }

        await Task.WhenAll(Pools.Select(pool => pool.DrainAsync(patience))).ConfigureAwait(false);
    }

    /// <summary>Once a second: heartbeats, silently returned blocks, idle pages, instances nobody needed for long.</summary>
    private void KeepHouse()
    {
        foreach (var pool in Pools)
        {
            foreach (var instance in pool.Instances)
            {
                instance.KeepHouse();
            }

            _ = pool.ReapAsync();
        }
    }
}
