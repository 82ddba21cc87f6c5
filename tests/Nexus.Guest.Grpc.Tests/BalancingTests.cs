using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>Channels of several servers: two of them here, at two addresses of this machine and one port.</summary>
[TestClass]
public sealed class BalancingTests
{
    private static readonly string[] s_hosts = ["127.0.0.1", "127.0.0.2"];
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> s_seen = [];
    private static WebApplication? s_app;
    private static int s_port;

    private static string[] Servers => [.. s_hosts.Select(static host => $"{host}:{s_port}")];

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_port = FreePort();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            foreach (var host in s_hosts)
            {
                kestrel.Listen(IPAddress.Parse(host), s_port, static listen => listen.Protocols = HttpProtocols.Http2);
            }
        });
        builder.Services.AddGrpc();
        s_app = builder.Build();
        s_app.Use(
            static (context, next) =>
            {
                var at = context.Connection.LocalIpAddress!.ToString();
                s_seen.GetOrAdd($"{context.Request.Headers["run"]}", static _ => []).Enqueue(at);
                if (context.Request.Headers["fails-at"] == at)
                {
                    context.Response.ContentType = "application/grpc";
                    context.Response.Headers["grpc-status"] = $"{(int)StatusCode.Unavailable}";
                    return Task.CompletedTask;
                }

                context.Response.Headers["at"] = context.Connection.LocalIpAddress!.ToString();
                context.Response.Headers["called"] = context.Request.Host.Value;
                return next(context);
            }
        );
        s_app.MapGrpcService<TrialService>();
        await s_app.StartAsync(context.CancellationToken);
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        if (s_app is not null)
        {
            await s_app.StopAsync(new CancellationToken(canceled: true));
            await s_app.DisposeAsync();
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task RoundRobin_OverAddressesOfAResolver_TakesEachInItsTurnByItsOwnName()
    {
        await using var pair = new GrpcPair(allowed: Servers);
        var calls = await CallsAsync(pair.Client(Static, Options(new RoundRobinConfig(), Servers)), 8);
        foreach (var host in s_hosts)
        {
            Assert.AreEqual(4, calls.Count(call => call == (host, $"{host}:{s_port}")), string.Join(' ', calls));
        }

        Assert.IsEmpty(pair.Faults);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task PickFirst_StaysWithTheFirstThatCanBeReached()
    {
        var nobody = $"127.0.0.1:{FreePort()}";
        await using var pair = new GrpcPair(allowed: [.. Servers, nobody]);
        var client = pair.Client(Static, Options(policy: null, nobody, Servers[1], Servers[0]));
        var calls = await CallsAsync(client, 4);
        Assert.IsTrue(calls.All(static call => call.At == s_hosts[1]), string.Join(' ', calls));
        using var duplex = client.Converse();
        await duplex.RequestStream.WriteAsync(new TrialRequest { Behaviour = "echo", Text = "also a stream" });
        Assert.IsTrue(await duplex.ResponseStream.MoveNext());
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task RoundRobin_WithAServerThatCannotBeReached_LeavesItOut()
    {
        var nobody = $"127.0.0.1:{FreePort()}";
        await using var pair = new GrpcPair(allowed: [.. Servers, nobody]);
        var calls = await CallsAsync(pair.Client(Static, Options(new RoundRobinConfig(), nobody, Servers[0], Servers[1])), 6);
        Assert.AreEqual(2, calls.Select(static call => call.At).Distinct().Count(), string.Join(' ', calls));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Dns_IsTheBackends_WhichCallsEveryAddressByTheName()
    {
        var asked = new List<string>();
        await using var pair = new GrpcPair(
            allowed: [$"orders.example:{s_port}"],
            resolve: (host, _) =>
            {
                asked.Add(host);
                return Task.FromResult(s_hosts.Select(IPAddress.Parse).ToArray());
            }
        );
        var options = Options(new RoundRobinConfig());
        var calls = await CallsAsync(pair.Client(new Uri($"dns:///orders.example:{s_port}"), options), 4);
        CollectionAssert.AreEquivalent(
            s_hosts.Concat(s_hosts).Select(static host => (host, $"orders.example:{s_port}")).ToArray(),
            calls.ToArray()
        );
        Assert.AreEqual("orders.example", asked.Single());
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Dns_OfANameThatNobodyKnows_FailsInTheResolversWords()
    {
        await using var pair = new GrpcPair(resolve: static (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await pair.Client(new Uri("dns:///orders.example"), Options(policy: null)).SingleAsync(new TrialRequest())
        );
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        Assert.StartsWith("Error getting DNS hosts for address 'orders.example'. SocketException:", failure.Status.Detail);
    }

    [TestMethod]
    [DataRow("static:///all")]
    [DataRow("dns:///orders.example:1")]
    [Timeout(60_000)]
    public async Task Servers_OfWhichOneIsNotForTheFunction_AreRefusedAllOfThem(string address)
    {
        await using var pair = new GrpcPair(allowed: [Servers[0]]);
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await pair.Client(new Uri(address), Options(new RoundRobinConfig(), Servers)).SingleAsync(new TrialRequest())
        );
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("NEXUS0700", failure.Status.Detail);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Dns_ThatLeadsToThisMachine_IsRefusedUnlessTheNameIsAllowedItself()
    {
        await using var pair = new GrpcPair(allowed: ["*"], resolve: static (_, _) => Task.FromResult(new[] { IPAddress.Loopback }));
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await pair.Client(new Uri("dns:///orders.example:80"), Options(policy: null)).SingleAsync(new TrialRequest())
        );
        Assert.Contains("NEXUS0704", failure.Status.Detail);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Resolver_OfTheFunction_FailsCallsThatDoNotWait_AndIsFollowed()
    {
        var resolver = new OwnResolver();
        await using var pair = new GrpcPair(allowed: Servers);
        var options = Options(policy: null);
        options.ServiceProvider = With<ResolverFactory>(new OwnResolvers(resolver));
        var client = pair.Client(new Uri("own:///somewhere"), options);
        var waiting = client.SingleAsync(new TrialRequest { Text = "late" }, new CallOptions().WithWaitForReady()).ResponseAsync;
        await resolver.TellAsync(ResolverResult.ForFailure(new Status(StatusCode.Unavailable, "not yet")));
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.SingleAsync(new TrialRequest()));
        Assert.AreEqual("not yet", failure.Status.Detail);
        Assert.IsFalse(waiting.IsCompleted);
        foreach (var host in s_hosts)
        {
            await resolver.TellAsync(ResolverResult.ForResult([new BalancerAddress(host, s_port)]));
            Assert.AreEqual(host, (await CallsAsync(client, 1))[0].At);
        }

        Assert.AreEqual("late", (await waiting).Text);
    }

    [TestMethod]
    [DataRow("static:///all")]
    [DataRow("dns:///orders.example:{0}")]
    [Timeout(60_000)]
    public async Task Retry_OfACallWithSeveralServers_GoesToTheNext(string address)
    {
        await using var pair = new GrpcPair(
            allowed: [.. Servers, $"orders.example:{s_port}"],
            resolve: static (_, _) => Task.FromResult(s_hosts.Select(IPAddress.Parse).ToArray())
        );
        var options = Options(new RoundRobinConfig(), Servers);
        options.ServiceConfig!.MethodConfigs.Add(Retries());
        var client = pair.Library(options, new Uri(string.Format(CultureInfo.InvariantCulture, address, s_port)));
        foreach (var failing in s_hosts)
        {
            var run = Guid.NewGuid().ToString();
            for (var i = 0; i < 2; i++)
            {
                await client.SingleAsync(new TrialRequest { Text = "again" }, Failing(failing, run));
                Assert.AreNotEqual(failing, s_seen[run].Last());
            }

            // One of the two calls at least met the failing server first.
            var seen = s_seen[run].ToArray();
            CollectionAssert.Contains(seen, failing);
            Assert.IsTrue(seen.Zip(seen.Skip(1)).All(static pair => pair.First != pair.Second), string.Join(' ', seen));
        }

        Assert.IsEmpty(pair.Faults);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Hedging_OfACallWithSeveralServers_AsksBoth()
    {
        await using var pair = new GrpcPair(allowed: Servers);
        var options = Options(new RoundRobinConfig(), Servers);
        options.ServiceConfig!.MethodConfigs.Add(Hedging());
        var client = pair.Library(options, Static);
        foreach (var failing in s_hosts)
        {
            var run = Guid.NewGuid().ToString();
            await client.SingleAsync(new TrialRequest { Text = "both" }, Failing(failing, run));
            CollectionAssert.Contains(s_seen[run].ToArray(), s_hosts.Single(host => host != failing));
        }

        Assert.IsEmpty(pair.Faults);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Retry_WithPickFirst_StaysWithItsServer()
    {
        await using var pair = new GrpcPair(allowed: Servers);
        var options = Options(policy: null, Servers);
        options.ServiceConfig = new ServiceConfig { MethodConfigs = { Retries() } };
        var run = Guid.NewGuid().ToString();
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await pair.Library(options, Static).SingleAsync(new TrialRequest(), Failing(s_hosts[0], run))
        );
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        CollectionAssert.AreEqual(Enumerable.Repeat(s_hosts[0], 3).ToArray(), s_seen[run].ToArray());
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Retry_WithAResolverThatFailsFirst_IsMadeWithWhatItFinds()
    {
        var resolver = new OwnResolver();
        await using var pair = new GrpcPair(allowed: Servers);
        var options = Options(policy: null);
        options.ServiceProvider = With<ResolverFactory>(new OwnResolvers(resolver));
        options.ServiceConfig = new ServiceConfig { MethodConfigs = { Retries() } };
        var client = pair.Library(options, new Uri("own:///somewhere"));
        var waiting = client.SingleAsync(new TrialRequest { Text = "late" }, new CallOptions().WithWaitForReady()).ResponseAsync;
        await resolver.TellAsync(ResolverResult.ForFailure(new Status(StatusCode.NotFound, "not yet")));
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.SingleAsync(new TrialRequest()));
        Assert.AreEqual("not yet", failure.Status.Detail);
        Assert.IsFalse(waiting.IsCompleted);
        await resolver.TellAsync(ResolverResult.ForResult([new BalancerAddress(s_hosts[1], s_port)]));
        Assert.AreEqual("late", (await waiting).Text);
    }

    [TestMethod]
    public async Task Scheme_ThatNoResolverKnows_IsRefused()
    {
        await using var pair = new GrpcPair();
        var failure = Assert.ThrowsExactly<NotSupportedException>(() => pair.Client(new Uri("own:///somewhere"), Options(policy: null)));
        Assert.StartsWith("NEXUS0752", failure.Message);
    }

    internal static IServiceProvider With<T>(T service)
        where T : class => new ServiceCollection().AddSingleton(service).BuildServiceProvider();

    private static Uri Static => new("static:///all");

    private static GrpcChannelOptions Options(LoadBalancingConfig? policy, params string[] servers)
    {
        var options = new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            ServiceProvider = With<ResolverFactory>(
                new StaticResolverFactory(_ =>
                    servers.Select(static server => new BalancerAddress(server.Split(':')[0], int.Parse(server.Split(':')[1])))
                )
            ),
        };
        if (policy is not null)
        {
            options.ServiceConfig = new ServiceConfig { LoadBalancingConfigs = { policy } };
        }

        return options;
    }

    private static Metadata Failing(string host, string run) => new() { { "fails-at", host }, { "run", run } };

    private static MethodConfig Retries() =>
        new()
        {
            Names = { MethodName.Default },
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 3,
                InitialBackoff = TimeSpan.FromMilliseconds(5),
                MaxBackoff = TimeSpan.FromMilliseconds(5),
                BackoffMultiplier = 1,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };

    private static MethodConfig Hedging() =>
        new()
        {
            Names = { MethodName.Default },
            HedgingPolicy = new HedgingPolicy { MaxAttempts = 2, NonFatalStatusCodes = { StatusCode.Unavailable } },
        };

    private static async Task<List<(string At, string Called)>> CallsAsync(Trial.TrialClient client, int count)
    {
        var calls = new List<(string, string)>();
        for (var i = 0; i < count; i++)
        {
            using var call = client.SingleAsync(new TrialRequest { Behaviour = "echo", Text = "where?" });
            var headers = await call.ResponseHeadersAsync;
            await call;
            calls.Add((headers.GetValue("at")!, headers.GetValue("called")!));
        }

        return calls;
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Any, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private sealed class OwnResolvers(Resolver resolver) : ResolverFactory
    {
        public override string Name => "own";

        public override Resolver Create(ResolverOptions options) => resolver;
    }

    private sealed class OwnResolver : Resolver
    {
        private readonly TaskCompletionSource<Action<ResolverResult>> _listener = new();

        public override void Start(Action<ResolverResult> listener) => _listener.SetResult(listener);

        public async Task TellAsync(ResolverResult result) => (await _listener.Task)(result);
    }
}
