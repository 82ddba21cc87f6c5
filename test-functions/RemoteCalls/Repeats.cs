using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using RemoteCalls.Trials;

namespace RemoteCalls;

/// <summary>Calls that a channel's service config repeats: retries and hedging, by the method, with their limits.</summary>
public static class Repeats
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    public static IReadOnlyDictionary<string, Func<string, StringBuilder, Task>> All { get; } =
        new Dictionary<string, Func<string, StringBuilder, Task>>
        {
            ["third attempt"] = static (address, seen) => UnaryAsync(address, seen, Retries(5), "2|14"),
            ["attempts used up"] = static (address, seen) => UnaryAsync(address, seen, Retries(3), "9|14"),
            ["status not to be retried"] = static (address, seen) => UnaryAsync(address, seen, Retries(5), "2|5"),
            ["two statuses"] = static (address, seen) =>
                UnaryAsync(address, seen, Retries(5, StatusCode.NotFound, StatusCode.Aborted), "2|10"),
            ["channel's limit of attempts"] = static (address, seen) =>
                UnaryAsync(address, seen, Retries(5), "9|14", static options => options.MaxRetryAttempts = 2),
            ["pushback"] = static (address, seen) => UnaryAsync(address, seen, Retries(5), "2|14|30"),
            ["pushback for any status"] = static (address, seen) => UnaryAsync(address, seen, Retries(5), "2|5|10"),
            ["pushback that stops"] = static (address, seen) => UnaryAsync(address, seen, Retries(5), "2|14|-1"),
            ["pushback that is no number"] = static (address, seen) => UnaryAsync(address, seen, Retries(5), "2|14|soon"),
            ["throttled"] = ThrottledAsync,
            ["method by name"] = static (address, seen) => UnaryAsync(address, seen, For("trials.Trial", "Single"), "2|14"),
            ["service by name"] = static (address, seen) => UnaryAsync(address, seen, For("trials.Trial", null), "2|14"),
            ["another method"] = static (address, seen) => UnaryAsync(address, seen, For("trials.Trial", "Collect"), "2|14"),
            ["server streaming"] = ExpandAsync,
            ["server streaming that began"] = BegunAsync,
            ["client streaming"] = CollectAsync,
            ["duplex"] = ConverseAsync,
            ["message above the buffer"] = static (address, seen) =>
                UnaryAsync(address, seen, Retries(5), "2|14", static options => options.MaxRetryBufferPerCallSize = 10),
            ["large message"] = LargeAsync,
            ["deadline while it waits"] = DeadlineAsync,
            ["cancelled while it waits"] = CancelledAsync,
            ["disposed while it waits"] = DisposedAsync,
            ["channel disposed while it waits"] = ChannelDisposedAsync,
            ["headers, trailers and compression"] = HeadersAsync,
            ["balanced alone"] = BalancedAsync,
            ["several servers"] = static (address, seen) => SeveralAsync(address, seen, "static", Retries(5), "2|14"),
            ["several servers by name"] = static (address, seen) => SeveralAsync(address, seen, "dns", Retries(5), "2|14"),
            ["several servers, attempts used up"] = static (address, seen) => SeveralAsync(address, seen, "dns", Retries(3), "9|14"),
            ["several servers, hedged"] = static (address, seen) => SeveralAsync(address, seen, "static", Hedging(5, Short), "2|14"),
            ["refused connection"] = static async (address, seen) =>
                seen.AppendLine(
                    await Outcome.OfAsync(async _ => await Client(address, Retries(3)).SingleAsync(Calls.Request("echo", "anyone?")))
                ),
            ["hedged at once"] = static async (address, seen) =>
                seen.AppendLine((await Client(address, Hedging(3, TimeSpan.Zero)).SingleAsync(Calls.Request("echo", "all at once"))).Text),
            ["hedged until one answers"] = static (address, seen) => UnaryAsync(address, seen, Hedging(5, Short), "2|14"),
            ["hedged without success"] = static (address, seen) => UnaryAsync(address, seen, Hedging(3, Short), "9|14"),
            ["hedged with a fatal status"] = static (address, seen) =>
                UnaryAsync(address, seen, Hedging(3, TimeSpan.FromSeconds(5)), "2|5"),
            ["hedged past a slow one"] = SlowAsync,
            ["hedged and pushed back"] = static (address, seen) =>
                UnaryAsync(address, seen, Hedging(3, TimeSpan.FromSeconds(5)), "1|14|-1"),
            ["hedged client streaming"] = HedgedStreamAsync,
        };

    private static Task UnaryAsync(
        string address,
        StringBuilder seen,
        ServiceConfig config,
        string failures,
        Action<GrpcChannelOptions>? configure = null
    ) => UnaryAsync(Client(address, config, configure), address, seen, failures);

    private static Task SeveralAsync(string address, StringBuilder seen, string scheme, ServiceConfig config, string failures)
    {
        config.LoadBalancingConfigs.Add(new RoundRobinConfig());
        return UnaryAsync(Clients.OfSeveral(scheme, address, new GrpcChannelOptions { ServiceConfig = config }), address, seen, failures);
    }

    private static async Task UnaryAsync(Trial.TrialClient client, string address, StringBuilder seen, string failures)
    {
        var key = Guid.NewGuid().ToString();
        using var call = client.SingleAsync(Calls.Request("flaky", $"{key}|{failures}"));
        seen.AppendLine(await Outcome.OfAsync(async reply => reply.AppendLine((await call.ResponseAsync).Text)));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        await CountAsync(address, key, seen);
    }

    private static async Task ThrottledAsync(string address, StringBuilder seen)
    {
        var config = Retries(5);
        config.RetryThrottling = new RetryThrottlingPolicy { MaxTokens = 5, TokenRatio = 0.5 };
        var client = Client(address, config);
        for (var i = 0; i < 4; i++)
        {
            var key = Guid.NewGuid().ToString();
            seen.AppendLine(await Outcome.OfAsync(async _ => await client.SingleAsync(Calls.Request("flaky", $"{key}|9|14"))));
            await CountAsync(address, key, seen);
            for (var good = 0; good < i; good++)
            {
                await client.SingleAsync(Calls.Request("echo", "earns tokens"));
            }
        }
    }

    private static async Task ExpandAsync(string address, StringBuilder seen)
    {
        var key = Guid.NewGuid().ToString();
        using var call = Client(address, Retries(5)).Expand(Calls.Request("flaky", $"{key}|2|14", 5));
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            seen.AppendLine($"{reply.Index} {reply.Text}");
        }

        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        await CountAsync(address, key, seen);
    }

    private static Task BegunAsync(string address, StringBuilder seen) =>
        Calls.ExpandFailureAsync(Client(address, Retries(5, StatusCode.OutOfRange, StatusCode.Unavailable)), seen);

    private static async Task CollectAsync(string address, StringBuilder seen)
    {
        var key = Guid.NewGuid().ToString();
        using var call = Client(address, Retries(5)).Collect();
        await call.RequestStream.WriteAsync(Calls.Request("flaky", $"{key}|2|14"));
        await call.RequestStream.WriteAsync(Calls.Request("echo", "second"));
        await call.RequestStream.CompleteAsync();
        seen.AppendLine((await call).Text);
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        await CountAsync(address, key, seen);
    }

    private static async Task ConverseAsync(string address, StringBuilder seen)
    {
        var key = Guid.NewGuid().ToString();
        using var call = Client(address, Retries(5)).Converse();
        await call.RequestStream.WriteAsync(Calls.Request("flaky", $"{key}|2|14"));
        seen.Append(await call.ResponseStream.MoveNext()).AppendLine(call.ResponseStream.Current.Text);
        for (var i = 0; i < 10; i++)
        {
            await call.RequestStream.WriteAsync(Calls.Request("echo", $"turn {i}"));
            await call.ResponseStream.MoveNext();
            seen.AppendLine($"{call.ResponseStream.Current.Index} {call.ResponseStream.Current.Text}");
        }

        await call.RequestStream.CompleteAsync();
        seen.Append(await call.ResponseStream.MoveNext()).AppendLine();
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    private static async Task LargeAsync(string address, StringBuilder seen)
    {
        var bytes = new byte[900_000];
        new Random(1).NextBytes(bytes);
        var request = new TrialRequest
        {
            Behaviour = "flaky",
            Text = $"{Guid.NewGuid()}|1|14",
            Payload = UnsafeByteOperations.UnsafeWrap(bytes),
        };
        var reply = await Client(address, Retries(5)).SingleAsync(request);
        seen.AppendLine($"{reply.Text} {reply.Payload.Span.SequenceEqual(bytes)}");
    }

    private static async Task DeadlineAsync(string address, StringBuilder seen)
    {
        var key = Guid.NewGuid().ToString();
        var request = Calls.Request("flaky", $"{key}|2|14|20000");
        using var call = Client(address, Retries(5)).SingleAsync(request, deadline: DateTime.UtcNow.AddMilliseconds(500));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        await CountAsync(address, key, seen);
    }

    private static async Task CancelledAsync(string address, StringBuilder seen)
    {
        var key = Guid.NewGuid().ToString();
        using var source = new CancellationTokenSource(300);
        using var call = Client(address, Retries(5))
            .SingleAsync(Calls.Request("flaky", $"{key}|2|14|20000"), cancellationToken: source.Token);
        seen.AppendLine(await Outcome.OfAsync(async _ => await call));
        await CountAsync(address, key, seen);
    }

    private static async Task DisposedAsync(string address, StringBuilder seen)
    {
        var call = Client(address, Retries(5)).SingleAsync(Calls.Request("flaky", $"{Guid.NewGuid()}|2|14|20000"));
        await Task.Delay(200);
        call.Dispose();
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseAsync));
    }

    private static async Task ChannelDisposedAsync(string address, StringBuilder seen)
    {
        var channel = Channel(address, Retries(5), configure: null);
        var client = new Trial.TrialClient(channel);
        var call = client.SingleAsync(Calls.Request("flaky", $"{Guid.NewGuid()}|2|14|20000"));
        await Task.Delay(200);
        channel.Dispose();
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseAsync));
        seen.AppendLine(await Outcome.OfAsync(async _ => await client.SingleAsync(Calls.Request("echo", "too late"))));
    }

    private static async Task HeadersAsync(string address, StringBuilder seen)
    {
        var client = Client(address, Retries(5));
        await Calls.HeadersAsync(client, seen);
        await Calls.CompressedRequestAsync(client, seen);
        await Calls.UserAgentAsync(client, seen);
        await Calls.FailureAsync(client, seen);
    }

    private static async Task BalancedAsync(string address, StringBuilder seen)
    {
        var config = new ServiceConfig { LoadBalancingConfigs = { new RoundRobinConfig() } };
        seen.AppendLine((await Client(address, config).SingleAsync(Calls.Request("echo", "round and round"))).Text);
        config = Retries(3);
        config.LoadBalancingConfigs.Add(new PickFirstConfig());
        await UnaryAsync(address, seen, config, "1|14");
    }

    private static async Task SlowAsync(string address, StringBuilder seen)
    {
        var request = Calls.Request("slow", $"{Guid.NewGuid()}|1|14");
        seen.AppendLine((await Client(address, Hedging(2, TimeSpan.FromMilliseconds(200))).SingleAsync(request)).Text);
    }

    private static async Task HedgedStreamAsync(string address, StringBuilder seen)
    {
        // The second attempt follows the first one's failure, not the clock.
        using var call = Client(address, Hedging(4, TimeSpan.FromSeconds(5))).Collect();
        await call.RequestStream.WriteAsync(Calls.Request("flaky", $"{Guid.NewGuid()}|1|14"));
        await call.RequestStream.CompleteAsync();
        seen.AppendLine((await call).Text);
    }

    private static async Task CountAsync(string address, string key, StringBuilder seen)
    {
        using var channel = GrpcChannel.ForAddress(address);
        seen.AppendLine((await new Trial.TrialClient(channel).SingleAsync(Calls.Request("attempts", key))).Text);
    }

    private static Trial.TrialClient Client(string address, ServiceConfig config, Action<GrpcChannelOptions>? configure = null) =>
        new(Channel(address, config, configure));

    private static GrpcChannel Channel(string address, ServiceConfig config, Action<GrpcChannelOptions>? configure)
    {
        var options = new GrpcChannelOptions { ServiceConfig = config };
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(address, options);
    }

    private static ServiceConfig Retries(int attempts, params StatusCode[] statuses) =>
        Config(MethodName.Default, Policy(attempts, statuses));

    private static ServiceConfig For(string service, string? method) =>
        Config(new MethodName { Service = service, Method = method }, Policy(5));

    private static ServiceConfig Config(MethodName name, RetryPolicy policy) =>
        new()
        {
            MethodConfigs =
            {
                new MethodConfig { Names = { name }, RetryPolicy = policy },
            },
        };

    private static RetryPolicy Policy(int attempts, params StatusCode[] statuses)
    {
        var policy = new RetryPolicy
        {
            MaxAttempts = attempts,
            InitialBackoff = Short,
            MaxBackoff = Short,
            BackoffMultiplier = 1,
        };
        foreach (var status in statuses.DefaultIfEmpty(StatusCode.Unavailable))
        {
            policy.RetryableStatusCodes.Add(status);
        }

        return policy;
    }

    private static ServiceConfig Hedging(int attempts, TimeSpan delay) =>
        new()
        {
            MethodConfigs =
            {
                new MethodConfig
                {
                    Names = { MethodName.Default },
                    HedgingPolicy = new HedgingPolicy
                    {
                        MaxAttempts = attempts,
                        HedgingDelay = delay,
                        NonFatalStatusCodes = { StatusCode.Unavailable },
                    },
                },
            },
        };
}
