using Grpc.Core;
using Grpc.Health.V1;
using Nexus.Backend.Functions;
using Nexus.Backend.Ingress;
using Nexus.Backend.Node;
using Nexus.KillProof;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>Calls to a gRPC service that runs in a sandbox of the same node: they are handed on, and the caller sees what it would see through the listener.</summary>
[TestClass]
public sealed class InNodeTests
{
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Calls_ToAServerOfTheSameNode_AreHandedOnAndAnsweredAlike()
    {
        if (!File.Exists("/usr/bin/bwrap"))
        {
            Assert.Inconclusive("bubblewrap is not installed");
        }

        await using var node = await StartAsync();
        var address = new Uri(node.IngressAddresses[0]);
        var handedOn = 0;
        await using var inside = new GrpcPair(
            [address.Authority],
            wanted =>
            {
                var found = node.FindServer(wanted);
                handedOn += found is null ? 0 : 1;
                return found;
            }
        );
        await using var outside = new GrpcPair([address.Authority]);

        var direct = await DescribeAsync(outside.Invoker(address));
        Assert.AreEqual(0, handedOn);
        var near = await DescribeAsync(inside.Invoker(address));

        Assert.AreEqual(3, handedOn);
        Assert.AreEqual(direct, near);
        Assert.StartsWith("Serving; Serving; Unimplemented", near);
        Assert.IsEmpty(inside.Faults);
    }

    private static async Task<string> DescribeAsync(CallInvoker invoker)
    {
        var health = new Health.HealthClient(invoker);
        var unary = await health.CheckAsync(new HealthCheckRequest());
        HealthCheckResponse first;
        using (var watch = health.Watch(new HealthCheckRequest()))
        {
            Assert.IsTrue(await watch.ResponseStream.MoveNext(CancellationToken.None));
            first = watch.ResponseStream.Current;
        }

        var missing = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await new Trial.TrialClient(invoker).SingleAsync(new TrialRequest { Behaviour = "echo" })
        );
        return $"{unary.Status}; {first.Status}; {missing.StatusCode} {missing.Status.Detail}";
    }

    private static async Task<NexusNode> StartAsync()
    {
        var ready = await ReadyFunctions.GetAsync("Ledger");
        var ledger = new FunctionDefinition
        {
            Name = "ledger",
            AppFolder = ready.Folder,
            Command = ready.CommandLine,
            Region = "us-east-1",
            Kind = FunctionKind.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var route = new IngressRoute
        {
            Listen = "http://127.0.0.1:0",
            Function = "ledger",
            Protocols = "http2",
        };
        var options = new NodeOptions
        {
            Listen = "http://127.0.0.1:0",
            Functions = [ledger],
            Routes = [route],
            Quiet = true,
            DrainSeconds = 5,
        };
        return await NexusNode.StartAsync(options, CancellationToken.None);
    }
}
