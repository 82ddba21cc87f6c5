using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Nexus.Backend.Instances;
using Nexus.Backend.Metrics;
using Nexus.Channel;

namespace Nexus.Backend.Ingress;

/// <summary><c>/health</c> for load balancers and <c>/nexus/functions</c> for people and scripts.</summary>
internal sealed class StatusEndpoint(IReadOnlyList<IInstancePool> pools, NexusMetrics metrics)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", static () => Results.Json(new Dictionary<string, string> { ["status"] = "ok" }));
        routes.MapGet("/nexus/functions", () => Describe());
    }

    private IResult Describe() =>
        Results.Json(
            new Dictionary<string, object>
            {
                ["awsCalls"] = metrics.TotalAwsCalls,
                ["awsCallsByService"] = metrics.AwsCallsByService,
                ["httpCalls"] = metrics.TotalHttpCalls,
                ["httpCallsByHost"] = metrics.HttpCallsByHost,
                ["functions"] = pools.Select(Describe).ToArray(),
            }
        );

    private static Dictionary<string, object> Describe(IInstancePool pool) =>
        new()
        {
            ["name"] = pool.Function.Name,
            ["kind"] = pool.Function.Kind.ToString().ToLowerInvariant(),
            ["sandbox"] = pool.Function.Sandbox,
            ["running"] = pool.Running,
            ["instances"] = pool.Instances.Where(static instance => instance.Process is not null).Select(Describe).ToArray(),
        };

    private static Dictionary<string, object?> Describe(Instance instance)
    {
        var memory = instance.Process.ReadMemory();
        return new Dictionary<string, object?>
        {
            ["process"] = instance.Process.GuestId,
            ["initMilliseconds"] = instance.InitDuration.TotalMilliseconds,
            ["pssBytes"] = memory.PssBytes,
            ["privateDirtyBytes"] = memory.PrivateDirtyBytes,
            ["cpuMilliseconds"] = instance.Process.ReadCpuTime().TotalMilliseconds,
            ["sockets"] = instance.Process.CountSockets(),
            ["callsInFlight"] = instance.Peer.CallsInFlight,
            ["arenaBytesInUse"] = instance.Peer.ArenaBytesInUse,
            // What the guest says of itself.
            ["ruleHits"] = RuleHits(instance),
        };
    }

    private static Dictionary<string, uint> RuleHits(Instance instance) =>
        Enumerable
            .Range(0, ChannelLayout.RuleHitsCount)
            .Select(rule => (Rule: rule, Hits: instance.Peer.Region.ReadRuleHits(rule)))
            .Where(static pair => pair.Hits > 0)
            .ToDictionary(static pair => $"{pair.Rule}", static pair => pair.Hits);
}
