using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Net.Client;
using Nexus.TestKit.Emulators;
using Nexus.TestKit.Functions;
using Nexus.TestKit.Upstream;
using RemoteCalls.Trials;

namespace Nexus.Build.Tests;

/// <summary>A published server behind the routes of a node, in a sandbox without a network, and the services that it calls.</summary>
internal sealed partial class ServedConsumer : IAsyncDisposable
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromMinutes(1);
    private readonly NexusBackend backend;
    private readonly TrialServers trials;
    private readonly TestUpstream rest;
    private readonly Uri[] addresses;

    private ServedConsumer(NexusBackend backend, TrialServers trials, TestUpstream rest, Uri[] addresses) =>
        (this.backend, this.trials, this.rest, this.addresses) = (backend, trials, rest, addresses);

    public static async Task<ServedConsumer> StartAsync(string folder, CancellationToken cancellation)
    {
        var cli = NexusBackend.FindCli() ?? throw new FileNotFoundException("nexus.dll was not built.");
        var trials = await TrialServers.StartAsync(cancellation);
        var rest = await TestUpstream.StartAsync(cancellation);
        JsonObject Route(string host, string protocols) =>
            new()
            {
                ["listen"] = $"http://{host}:0",
                ["function"] = "consumer",
                ["protocols"] = protocols,
            };
        var configuration = new JsonObject
        {
            ["listen"] = "http://127.0.0.1:0",
            ["functions"] = new JsonObject
            {
                ["consumer"] = new JsonObject
                {
                    ["path"] = folder,
                    ["timeout"] = 60,
                    ["allowedUpstreams"] = new JsonArray($"{trials.Trials}", $"{rest.Http}"),
                    ["environment"] = new JsonObject
                    {
                        ["STAY"] = "1",
                        ["TRIALS_URL"] = $"{trials.Trials}",
                        ["REST_URL"] = $"{new Uri(rest.Http, "/status/200")}",
                    },
                },
            },
            ["routes"] = new JsonArray(Route("127.0.0.2", "http1"), Route("127.0.0.3", "http2")),
        };
        var backend = await NexusBackend.StartAsync(cli, configuration, new Dictionary<string, string>(), cancellation);
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog.CancelAfter(Watchdog);
        while (true)
        {
            var routes = Routes().Matches(backend.Output);
            if (routes.Count == 2)
                return new ServedConsumer(backend, trials, rest, [.. routes.Select(route => new Uri(route.Groups[1].Value))]);
            await Task.Delay(20, watchdog.Token);
        }
    }

    /// <summary>Requests of every kind, and what the program is to answer.</summary>
    /// <param name="form">What it says of its own form.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task AskAsync(string form, CancellationToken cancellation)
    {
        foreach (var (address, version) in addresses.Zip([HttpVersion.Version11, HttpVersion.Version20]))
        {
            using var client = new HttpClient
            {
                BaseAddress = address,
                DefaultRequestVersion = version,
                DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Timeout = Watchdog,
            };
            Assert.AreEqual(form, await client.GetStringAsync("/form", cancellation), backend.Output);
            var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i % 10}"));
            using var turned = await client.PostAsync("/turned", new StringContent(text), cancellation);
            Assert.AreEqual(string.Concat(text.Reverse()), await turned.Content.ReadAsStringAsync(cancellation));
            Assert.AreEqual("part 0\npart 1\npart 2\n", await client.GetStringAsync("/parts", cancellation));
            Assert.AreEqual("from afar ✓", await client.GetStringAsync("/grpc", cancellation), backend.Output);
            Assert.AreEqual("status 200", await client.GetStringAsync("/rest", cancellation), backend.Output);
            using var unknown = await client.GetAsync("/unknown", cancellation);
            Assert.AreEqual(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        using var channel = GrpcChannel.ForAddress(addresses[1]);
        await CallAsync(new Trial.TrialClient(channel), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await backend.DisposeAsync();
        await trials.DisposeAsync();
        rest.Dispose();
    }

    private static async Task CallAsync(Trial.TrialClient client, CancellationToken cancellation)
    {
        var reply = await client.SingleAsync(new TrialRequest { Text = "✓ abc" }, cancellationToken: cancellation);
        Assert.AreEqual("cba ✓", reply.Text);
        using (var call = client.Converse(cancellationToken: cancellation))
        {
            for (var i = 0; i < 3; i++)
            {
                await call.RequestStream.WriteAsync(new TrialRequest { Text = $"turn {i}" }, cancellation);
                Assert.IsTrue(await call.ResponseStream.MoveNext(cancellation));
                Assert.AreEqual($"{i} nrut", call.ResponseStream.Current.Text);
            }

            await call.RequestStream.CompleteAsync();
            Assert.IsFalse(await call.ResponseStream.MoveNext(cancellation));
        }

        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
            await client.SingleAsync(new TrialRequest { Behaviour = "fail", Text = "as asked" }, cancellationToken: cancellation)
        );
        Assert.AreEqual("NotFound as asked", $"{failure.StatusCode} {failure.Status.Detail}");
    }

    [GeneratedRegex(@"routes at (http://\S+:[1-9]\d*)\r?\n")]
    private static partial Regex Routes();
}
