using Grpc.Net.Client.Configuration;
using Nexus.Guest.Grpc.NetClient;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>Channels whose calls the library makes itself. What its policies do is compared in the differential tests.</summary>
[TestClass]
public sealed class LibraryTests
{
    // The library's own reader waits for ever there: nothing commits a call before its first message is sent.
    public static IEnumerable<object[]> Names =>
        Scenarios.All.Keys.Where(static name => name != "two reads at once").Select(static name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    [Timeout(60_000)]
    public async Task Scenario_OnAChannelWithRetries_LooksTheSameAndLeavesNothing(string name)
    {
        using var channel = GrpcChannel.ForAddress(TrialServer.Address, Options());
        var direct = await Outcome.OfAsync(seen => Scenarios.All[name](new Trial.TrialClient(channel), seen));
        await using var pair = new GrpcPair();
        var through = await Outcome.OfAsync(seen => Scenarios.All[name](pair.Library(Options()), seen));
        Assert.AreEqual(direct, through);
        Assert.IsNotEmpty(direct);
        Assert.IsEmpty(pair.Faults);
        for (var i = 0; i < 200 && pair.Guest.CallsInFlight + pair.Backend.CallsInFlight > 0; i++)
        {
            await Task.Delay(20);
        }

        Assert.AreEqual(0, pair.Guest.CallsInFlight);
        Assert.AreEqual(0, pair.Backend.CallsInFlight);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Call_ToAServerThatIsNotAllowed_IsNotRepeated()
    {
        await using var pair = new GrpcPair(allowed: ["other.example"]);
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await pair.Library(Options()).SingleAsync(new TrialRequest())
        );
        Assert.AreEqual(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("NEXUS0700", failure.Status.Detail);
        Assert.AreEqual(1, pair.Calls);
    }

    [TestMethod]
    public async Task Handler_OfTheFunctionsOwn_IsRefusedAndAnotherDisposedOfWithTheChannel()
    {
        await using var pair = new GrpcPair();
        var options = Options();
        options.HttpHandler = new OwnHandler(new SocketsHttpHandler());
        Assert.StartsWith("NEXUS0750", Assert.ThrowsExactly<NotSupportedException>(() => pair.Library(options)).Message);
        using var handler = new SocketsHttpHandler();
        options.HttpHandler = handler;
        options.DisposeHttpClient = true;
        var repeated = LibraryChannel.Create(pair.Guest, TrialServer.Address, options)!.Value;
        GrpcChannel.ForAddress(repeated.Address, repeated.Options).Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => handler.MaxConnectionsPerServer = 1);
        Assert.AreSame(handler, options.HttpHandler);
    }

    private static GrpcChannelOptions Options() =>
        new()
        {
            ServiceConfig = new ServiceConfig
            {
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        RetryPolicy = new RetryPolicy
                        {
                            MaxAttempts = 3,
                            InitialBackoff = TimeSpan.FromMilliseconds(10),
                            MaxBackoff = TimeSpan.FromMilliseconds(10),
                            BackoffMultiplier = 1,
                            RetryableStatusCodes = { StatusCode.Unavailable },
                        },
                    },
                },
            },
        };

    private sealed class OwnHandler(HttpMessageHandler inner) : DelegatingHandler(inner);
}
