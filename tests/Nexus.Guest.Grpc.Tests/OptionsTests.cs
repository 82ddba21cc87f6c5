using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Nexus.Guest.Grpc.NetClient;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>Options of a channel are honoured or refused, never left out in silence.</summary>
[TestClass]
public sealed class OptionsTests
{
    /// <summary>As the factory of clients has one in a program that uses both HttpClient and gRPC.</summary>
    private sealed class StandIn(HttpMessageHandler original) : HttpMessageHandler, IStandInHandler
    {
        public HttpMessageHandler Original => original;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    [TestMethod]
    public async Task Handler_ThatStandsInForAPlainOne_IsAsGoodAsThat()
    {
        await using var pair = new GrpcPair();
        var client = pair.Client(options: new() { HttpHandler = new StandIn(new SocketsHttpHandler()) });
        Assert.AreEqual("hello", (await client.SingleAsync(new TrialRequest { Text = "hello" })).Text);
    }

    private sealed class OwnBalancers : LoadBalancerFactory
    {
        public override string Name => "own";

        public override LoadBalancer Create(LoadBalancerOptions options) => throw new NotSupportedException();
    }

    private static readonly Dictionary<string, Func<GrpcChannelOptions>> Refused = new()
    {
        ["NEXUS0750 handler"] = static () => new() { HttpHandler = new OwnHandler(new SocketsHttpHandler()) },
        ["NEXUS0750 behind a stand-in"] = static () => new() { HttpHandler = new StandIn(new OwnHandler(new SocketsHttpHandler())) },
        ["NEXUS0751 behind a stand-in"] = static () =>
            new() { HttpHandler = new StandIn(new SocketsHttpHandler { Proxy = new System.Net.WebProxy("http://p") }) },
        ["NEXUS0750 client"] = static () => new() { HttpClient = new HttpClient(new OwnHandler(new HttpClientHandler())) },
        ["NEXUS0751 certificate"] = static () =>
            new() { HttpHandler = new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true } },
        ["NEXUS0751 connect"] = static () => new() { HttpHandler = new SocketsHttpHandler { ConnectCallback = static (_, _) => default } },
        ["NEXUS0751 proxy"] = static () => new() { HttpHandler = new SocketsHttpHandler { Proxy = new System.Net.WebProxy("http://p") } },
        ["NEXUS0753 version"] = static () => new() { HttpVersion = new Version(3, 0) },
        ["NEXUS0754 factory"] = static () => new() { ServiceProvider = BalancingTests.With<LoadBalancerFactory>(new OwnBalancers()) },
        ["NEXUS0754 balancer"] = static () => new() { ServiceConfig = new() { LoadBalancingConfigs = { new LoadBalancingConfig("own") } } },
    };

    public static IEnumerable<object[]> RefusedOptions => Refused.Keys.Select(static name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(RefusedOptions))]
    public async Task Option_ThatCannotBeHonoured_IsRefused(string name)
    {
        await using var pair = new GrpcPair();
        var refusal = Assert.ThrowsExactly<NotSupportedException>(() => pair.Invoker(options: Refused[name]()));
        Assert.StartsWith(name.Split(' ')[0], refusal.Message);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task MaxSendMessageSize_Exceeded_LooksTheSame()
    {
        var options = new GrpcChannelOptions { MaxSendMessageSize = 1000 };
        using var channel = GrpcChannel.ForAddress(TrialServer.Address, options);
        await using var pair = new GrpcPair();
        var request = RemoteCalls.Calls.Request("echo", new string('x', 2000));
        Assert.AreEqual(await SeenAsync(new Trial.TrialClient(channel), request), await SeenAsync(pair.Client(options: options), request));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task CallCredentials_OverAnInsecureChannelWhereAllowed_AddTheirHeaders()
    {
        var credentials = CallCredentials.FromInterceptor(
            static async (context, metadata) =>
            {
                await Task.Yield();
                metadata.Add("x-token", $"{context.ServiceUrl.Split('/')[^1]}/{context.MethodName}");
            }
        );
        var options = new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials),
            UnsafeUseInsecureChannelCallCredentials = true,
        };
        await using var pair = new GrpcPair();
        var reply = await pair.Client(options: options).SingleAsync(RemoteCalls.Calls.Request("headers"));
        Assert.AreEqual("x-token=trials.Trial/Single", reply.Text);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task WaitForReady_ServerThatComesLater_IsWaitedFor()
    {
        using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        probe.Start();
        var nobody = new Uri($"http://{probe.LocalEndpoint}");
        probe.Stop();
        await using var pair = new GrpcPair([nobody.Authority]);
        var call = pair.Client(nobody)
            .SingleAsync(RemoteCalls.Calls.Request("echo"), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(2)).WithWaitForReady());
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () => await call);
        Assert.AreEqual(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [TestMethod]
    public async Task State_WithoutConnections_SaysWhatItCan()
    {
        var connectivity = new Connectivity();
        var changed = connectivity.WaitAsync(ConnectivityState.Idle, CancellationToken.None);
        Assert.IsFalse(changed.IsCompleted);
        connectivity.Connect();
        await changed;
        Assert.AreEqual(ConnectivityState.Ready, connectivity.State);
        connectivity.ShutDown();
        connectivity.Connect();
        Assert.AreEqual(ConnectivityState.Shutdown, connectivity.State);
    }

    private static Task<string> SeenAsync(Trial.TrialClient client, TrialRequest request) =>
        RemoteCalls.Outcome.OfAsync(async _ => await client.SingleAsync(request));

    private sealed class OwnHandler(HttpMessageHandler inner) : DelegatingHandler(inner);
}
