using System.Collections;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Aws;
using Nexus.Backend.Executors;
using Nexus.Backend.Executors.Aws;
using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Executors.Http;
using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Backend.Instances;
using Nexus.Backend.Metrics;
using Nexus.Backend.Sandbox;
using Nexus.Channel;

namespace Nexus.Backend.Node;

/// <summary>Puts a node together.</summary>
internal sealed class NodeParts
{
    private const int SpinMicroseconds = 10;

    public required ChannelPump Pump { get; init; }

    public required AwsHttpClient Http { get; init; }

    public required HttpPools HttpPools { get; init; }

    public required GrpcCallExecutor Grpc { get; init; }

    public required NexusMetrics Metrics { get; init; }

    public required AsyncInvocations Events { get; init; }

    public required InstanceServices Services { get; init; }

    public required IReadOnlyDictionary<string, FunctionPool> Functions { get; init; }

    public required IReadOnlyDictionary<string, ServerPool> Servers { get; init; }

    public required IReadOnlyList<IngressListener> Listeners { get; init; }

    /// <exception cref="Nexus.Diagnostics.NexusException">A setting in the environment is not usable.</exception>
    public static NodeParts Create(NodeOptions options, ILoggerFactory loggers)
    {
        var metrics = new NexusMetrics();
        // One that waits for each that works: no item has to be handed to the pool for want of a follower.
        var pump = new ChannelPump("nexus-rings", Math.Min(2 * Environment.ProcessorCount, 64), SpinMicroseconds, itemsMayBlock: false);
        var http = new AwsHttpClient(pump);
        var httpPools = new HttpPools(pump);
        var grpc = new GrpcCallExecutor(pump, metrics);
        ICallExecutor[] executors = [new AwsCallExecutor(ReadEnvironment(), http, metrics), new HttpCallExecutor(httpPools, metrics), grpc];
        var services = new InstanceServices(pump, ChannelOptions.Default, executors, loggers, options.StateFolder);
        var functions = Pools(options, FunctionKind.Lambda, function => new FunctionPool(function, services));
        var servers = Pools(options, FunctionKind.Server, function => new ServerPool(function, services));
        var listeners = IngressPlan.Make(options.Routes, route => RouteTargets.Of(route, functions, servers));
        IInstancePool[] pools = [.. functions.Values, .. servers.Values];
        pump.Start();
        AdoptSurvivors(options, pools.ToDictionary(static pool => pool.Function.Name), services);
        metrics.Observe(
            "nexus.instances",
            "Instances alive, by function.",
            () => pools.Select(static pool => Of(pool.Function.Name, pool.Instances.Count))
        );
        metrics.Observe(
            "nexus.running",
            "Invocations and requests running, by function.",
            () => pools.Select(static pool => Of(pool.Function.Name, pool.Running))
        );
        return new NodeParts
        {
            Pump = pump,
            Http = http,
            HttpPools = httpPools,
            Grpc = grpc,
            Metrics = metrics,
            Events = new AsyncInvocations(services.Logger),
            Functions = functions,
            Servers = servers,
            Listeners = listeners,
            Services = services,
        };
    }

    private static Dictionary<string, TPool> Pools<TPool>(NodeOptions options, FunctionKind kind, Func<FunctionDefinition, TPool> make) =>
        options
            .Functions.Where(function => function.Kind == kind)
            .ToDictionary(static function => function.Name, make, StringComparer.Ordinal);

    /// <summary>Instances outlive their backend; those of unchanged functions go on serving, the others end.</summary>
    private static void AdoptSurvivors(NodeOptions options, Dictionary<string, IInstancePool> pools, InstanceServices services)
    {
        if (options.StateFolder.Length == 0)
        {
            return;
        }

        foreach (var (file, record) in InstanceRecord.ReadAll(options.StateFolder))
        {
            var pool = pools.GetValueOrDefault(record.Function);
            if (pool is not null && InstanceRecord.FingerprintOf(pool.Function) == record.Fingerprint)
            {
                if (Instance.TryAdopt(record, pool.Function, services) is { } instance)
                {
                    pool.Adopt(instance);
                    continue;
                }
            }
            else
            {
                SandboxProcess.TryAdopt(record.Process)?.Kill();
            }

            File.Delete(file);
        }
    }

    private static Measurement<long> Of(string function, int value) => new(value, new KeyValuePair<string, object?>("function", function));

    private static Dictionary<string, string> ReadEnvironment() =>
        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
