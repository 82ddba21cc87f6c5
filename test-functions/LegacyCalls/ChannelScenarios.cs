using System.Text;
using Grpc.Core;
using RemoteCalls;
using RemoteCalls.Trials;
using Calls = RemoteCalls.Calls;
using LibraryCalls = Grpc.Core.Calls;

namespace LegacyCalls;

/// <summary>What there is to be done with the channels of this library.</summary>
internal static class ChannelScenarios
{
    public static IReadOnlyDictionary<string, Func<Uri, StringBuilder, Task>> All { get; } =
        new Dictionary<string, Func<Uri, StringBuilder, Task>>
        {
            ["targets"] = TargetsAsync,
            ["state"] = StateAsync,
            ["shutdown"] = ShutdownAsync,
            ["shutdown with a call"] = ShutdownWithCallAsync,
            ["shutdown of all"] = ShutdownOfAllAsync,
            ["bad options"] = BadOptionsAsync,
            ["message limits"] = LimitsAsync,
            ["own user agent"] = UserAgentAsync,
            ["calls by hand"] = ByHandAsync,
            ["serializers"] = SerializersAsync,
            ["credentials of calls"] = CallCredentialsAsync,
            ["credentials of channels"] = ChannelCredentialsAsync,
            ["nobody there"] = NobodyAsync,
            ["nobody in time"] = NobodyInTimeAsync,
            ["not possible"] = NotPossibleAsync,
            ["native library"] = static (_, seen) =>
                Task.FromResult(seen.Append(File.ReadAllText("/proc/self/maps").Contains("grpc_csharp_ext"))),
        };

    public static Channel Channel(Uri address, params ChannelOption[] options) =>
        new(address.Host, address.Port, address.Scheme == "https" ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure, options);

    private static async Task TargetsAsync(Uri address, StringBuilder seen)
    {
        foreach (var target in new[] { address.Authority, $"dns:{address.Authority}", $"dns:///{address.Authority}" })
        {
            var channel = new Channel(target, ChannelCredentials.Insecure);
            seen.Append(channel.Target == target)
                .AppendLine($" {channel.ResolvedTarget.Replace($"{address.Port}", "")}")
                .AppendLine((await new Trial.TrialClient(channel).SingleAsync(Calls.Request("echo", target[..3]))).Text);
            await channel.ShutdownAsync();
        }
    }

    private static async Task StateAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(address);
        seen.AppendLine($"{channel.State} {channel.Target == address.Authority} {channel.ShutdownToken.IsCancellationRequested}");
        seen.Append(await channel.TryWaitForStateChangedAsync(ChannelState.Idle, DateTime.UtcNow.AddMilliseconds(50))).AppendLine();
        seen.AppendLine(
            await Outcome.OfAsync(_ => channel.WaitForStateChangedAsync(ChannelState.Idle, DateTime.UtcNow.AddMilliseconds(50)))
        );
        await channel.ConnectAsync(DateTime.UtcNow.AddSeconds(20));
        seen.AppendLine($"{channel.State}");
        await channel.ConnectAsync();
        await channel.ShutdownAsync();
        seen.AppendLine($"{channel.State} {channel.ShutdownToken.IsCancellationRequested}");
        seen.AppendLine(await Outcome.OfAsync(_ => channel.ConnectAsync()));
        seen.AppendLine(await Outcome.OfAsync(_ => channel.WaitForStateChangedAsync(ChannelState.Shutdown)));
        seen.AppendLine(await Outcome.OfAsync(_ => channel.ShutdownAsync()));
    }

    private static async Task ShutdownAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(address);
        var client = new Trial.TrialClient(channel);
        await client.SingleAsync(Calls.Request("echo"));
        await channel.ShutdownAsync();
        seen.AppendLine(await Outcome.OfAsync(async _ => await client.SingleAsync(Calls.Request("echo"))));
        seen.AppendLine(await Outcome.OfAsync(_ => Task.FromResult(client.Single(Calls.Request("echo")))));
        seen.AppendLine(await Outcome.OfAsync(_ => Task.FromResult(client.Converse())));
    }

    private static async Task ShutdownWithCallAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(address);
        var client = new Trial.TrialClient(channel);
        using var call = client.SingleAsync(new TrialRequest { Behaviour = "wait", DelayMs = 300 });
        await Task.Delay(100);
        await channel.ShutdownAsync();
        seen.AppendLine(await Outcome.OfAsync(async answer => answer.AppendLine((await call).Text)));
    }

    private static async Task ShutdownOfAllAsync(Uri address, StringBuilder seen)
    {
        var (first, second) = (Channel(address), Channel(address));
        await GrpcEnvironment.ShutdownChannelsAsync();
        seen.AppendLine($"{first.State} {second.State}");
    }

    private static async Task BadOptionsAsync(Uri address, StringBuilder seen)
    {
        seen.AppendLine(
            await Outcome.OfAsync(_ =>
                Task.FromResult(Channel(address, new ChannelOption("grpc.one", 1), new ChannelOption("grpc.one", 2)))
            )
        );
        seen.AppendLine(await Outcome.OfAsync(_ => Task.FromResult(new Channel(null, ChannelCredentials.Insecure))));
        seen.AppendLine(await Outcome.OfAsync(_ => Task.FromResult(new Channel(address.Authority, null).Target)));
    }

    private static async Task LimitsAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(
            address,
            new ChannelOption(ChannelOptions.MaxReceiveMessageLength, 1000),
            new ChannelOption(ChannelOptions.MaxSendMessageLength, 2000),
            new ChannelOption("grpc.keepalive_time_ms", 20_000)
        );
        var client = new Trial.TrialClient(channel);
        seen.Append((await client.SingleAsync(Calls.Request("size", count: 900))).Payload.Length).AppendLine();
        seen.AppendLine(await Outcome.OfAsync(async _ => await client.SingleAsync(Calls.Request("size", count: 1100))));
        seen.AppendLine(await Outcome.OfAsync(async _ => await client.SingleAsync(Calls.Request("echo", new string('x', 2100)))));
        using var call = client.Converse();
        await call.RequestStream.WriteAsync(Calls.Request("size", count: 1100));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext()));
        await channel.ShutdownAsync();
        channel = Channel(address, new ChannelOption(ChannelOptions.MaxReceiveMessageLength, -1));
        seen.Append((await new Trial.TrialClient(channel).SingleAsync(Calls.Request("size", count: 5_000_000))).Payload.Length)
            .AppendLine();
        await channel.ShutdownAsync();
    }

    private static async Task UserAgentAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(
            address,
            new ChannelOption(ChannelOptions.PrimaryUserAgentString, "mine/1.0"),
            new ChannelOption(ChannelOptions.SecondaryUserAgentString, "last/2.0")
        );
        await Calls.UserAgentAsync(new Trial.TrialClient(channel), seen);
        await channel.ShutdownAsync();
    }

    /// <summary>Without a generated client.</summary>
    private static async Task ByHandAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(address);
        var marshaller = Marshallers.Create(static bytes => bytes, static bytes => bytes);
        var method = new Method<byte[], byte[]>(MethodType.Unary, "trials.Trial", "Single", marshaller, marshaller);
        var details = new CallInvocationDetails<byte[], byte[]>(channel, method, new CallOptions());
        byte[] request = [0x12, 2, (byte)'h', (byte)'i'];
        seen.AppendLine(Convert.ToHexString(LibraryCalls.BlockingUnaryCall(details, request)));
        seen.AppendLine(Convert.ToHexString(await LibraryCalls.AsyncUnaryCall(details, request)));
        seen.AppendLine(
            Convert.ToHexString(await new DefaultCallInvoker(channel).AsyncUnaryCall(method, null, new CallOptions(), request))
        );
        await channel.ShutdownAsync();
    }

    private static async Task SerializersAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(address);
        var invoker = channel.CreateCallInvoker();
        var good = Marshallers.Create(static bytes => bytes, static bytes => bytes);
        var spans = Marshallers.Create<byte[]>(
            static (message, context) =>
            {
                context.SetPayloadLength(message.Length);
                var writer = context.GetBufferWriter();
                message.CopyTo(writer.GetSpan(message.Length));
                writer.Advance(message.Length);
                context.Complete();
            },
            static context => [(byte)context.PayloadLength]
        );
        var cannotWrite = Marshallers.Create<byte[]>(static _ => throw new ArithmeticException("cannot write"), static bytes => bytes);
        var cannotRead = Marshallers.Create<byte[]>(static bytes => bytes, static _ => throw new ArithmeticException("cannot read"));
        byte[] hi = [0x12, 2, (byte)'h', (byte)'i'];
        foreach (var (request, response) in new[] { (spans, spans), (cannotWrite, good), (good, cannotRead) })
        {
            var unary = new Method<byte[], byte[]>(MethodType.Unary, "trials.Trial", "Single", request, response);
            var duplex = new Method<byte[], byte[]>(MethodType.DuplexStreaming, "trials.Trial", "Converse", request, response);
            seen.AppendLine(
                await Outcome.OfAsync(async answer =>
                    answer.AppendLine(Convert.ToHexString(await invoker.AsyncUnaryCall(unary, null, new CallOptions(), hi)))
                )
            );
            seen.AppendLine(
                await Outcome.OfAsync(async answer =>
                {
                    using var call = invoker.AsyncDuplexStreamingCall(duplex, null, new CallOptions());
                    await call.RequestStream.WriteAsync(hi);
                    answer.Append(await call.ResponseStream.MoveNext(CancellationToken.None)).AppendLine();
                    answer.AppendLine(Convert.ToHexString(call.ResponseStream.Current));
                })
            );
        }

        await channel.ShutdownAsync();
    }

    /// <summary>They need a secure channel; over an insecure one the library says what is wrong.</summary>
    private static async Task CallCredentialsAsync(Uri address, StringBuilder seen)
    {
        var channel = Channel(address);
        var client = new Trial.TrialClient(channel);
        foreach (
            var interceptor in new AsyncAuthInterceptor[]
            {
                (context, metadata) =>
                {
                    metadata.Add("x-token", $"{context.MethodName} {context.ServiceUrl.Replace($":{address.Port}", "")}");
                    return Task.CompletedTask;
                },
                (_, _) => throw new ArithmeticException("no token"),
            }
        )
        {
            var credentials = CallCredentials.FromInterceptor(interceptor);
            var options = new CallOptions(credentials: CallCredentials.Compose(credentials, credentials));
            var outcome = await Outcome.OfAsync(async answer =>
                answer.AppendLine((await client.SingleAsync(Calls.Request("headers"), options)).Text)
            );
            // The exception's own text ends in lines of the program.
            seen.AppendLine(outcome.Split(" at ")[0].Split('\n')[0]);
        }

        await channel.ShutdownAsync();
    }

    private static async Task ChannelCredentialsAsync(Uri address, StringBuilder seen)
    {
        var credentials = CallCredentials.FromInterceptor(
            (_, metadata) =>
            {
                metadata.Add("x-token", "of the channel");
                return Task.CompletedTask;
            }
        );
        var channel = new Channel(address.Host, address.Port, ChannelCredentials.Create(ChannelCredentials.SecureSsl, credentials));
        await Calls.HeadersAsync(new Trial.TrialClient(channel), seen);
        await channel.ShutdownAsync();
    }

    private static async Task NobodyAsync(Uri address, StringBuilder seen)
    {
        var client = new Trial.TrialClient(Channel(address));
        using var unary = client.SingleAsync(Calls.Request("echo"));
        seen.AppendLine(await Outcome.OfAsync(async _ => await unary));
        seen.AppendLine(Outcome.State(unary.GetStatus, unary.GetTrailers));
        seen.AppendLine(await Outcome.OfAsync(async headers => headers.AppendLine(Outcome.Describe(await unary.ResponseHeadersAsync))));
        using var stream = client.Expand(Calls.Request("echo", count: 1));
        seen.AppendLine(await Outcome.OfAsync(async _ => await stream.ResponseStream.MoveNext()));
    }

    private static async Task NobodyInTimeAsync(Uri address, StringBuilder seen)
    {
        var client = new Trial.TrialClient(Channel(address));
        using var waiting = client.SingleAsync(
            Calls.Request("echo"),
            new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(500)).WithWaitForReady()
        );
        seen.AppendLine(await Outcome.OfAsync(async _ => await waiting));
    }

    private static async Task NotPossibleAsync(Uri address, StringBuilder seen)
    {
        var pair = new KeyCertificatePair("certificate", "key");
        foreach (
            var make in new Func<object>[]
            {
                () => new Channel(address.Authority, new SslCredentials(null!, pair)),
                () => new Channel(address.Authority, new SslCredentials(null!, null!, static _ => true)),
                () => Channel(address, new ChannelOption(ChannelOptions.DefaultAuthority, "elsewhere")),
                () => new Channel("unix:/tmp/socket", ChannelCredentials.Insecure),
                () => new Server(),
            }
        )
        {
            seen.AppendLine(await Outcome.OfAsync(_ => Task.FromResult(make())));
        }
    }
}
