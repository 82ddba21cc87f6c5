using System.Text;
using Google.Protobuf;
using Grpc.Core;
using RemoteCalls.Trials;

namespace RemoteCalls;

/// <summary>What users do with a client.</summary>
public static class Calls
{
    public static async Task UnaryAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.SingleAsync(Request("echo", "hello Ünïcode"));
        seen.AppendLine((await call.ResponseAsync).Text);
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static Task BlockingAsync(Trial.TrialClient client, StringBuilder seen)
    {
        seen.AppendLine(client.Single(Request("echo", "blocking")).Text);
        seen.AppendLine(client.Single(Request("fail", "blocked", 5)).Text);
        return Task.CompletedTask;
    }

    public static async Task EmptyAsync(Trial.TrialClient client, StringBuilder seen) =>
        seen.AppendLine((await client.SingleAsync(new TrialRequest())).CalculateSize().ToString());

    public static async Task FailureAsync(Trial.TrialClient client, StringBuilder seen)
    {
        foreach (var code in new[] { 1, 2, 4, 5, 13, 16, 99 })
        {
            using var call = client.SingleAsync(Request("fail", "Ünïcode — details\n100 % 漢字", code));
            seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseAsync));
            seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
            seen.AppendLine(await Outcome.OfAsync(async headers => headers.AppendLine(Outcome.Describe(await call.ResponseHeadersAsync))));
        }
    }

    public static async Task ServerThrowsAsync(Trial.TrialClient client, StringBuilder seen) =>
        seen.AppendLine((await client.SingleAsync(Request("throw"))).Text);

    public static async Task MissingAsync(Trial.TrialClient client, StringBuilder seen) =>
        seen.AppendLine((await client.MissingAsync(Request("echo"))).Text);

    public static async Task HeadersAsync(Trial.TrialClient client, StringBuilder seen)
    {
        var headers = new Metadata
        {
            { "x-text", "plain" },
            { "x-twice", "one" },
            { "x-twice", "two" },
            { "x-bytes-bin", new byte[] { 0, 255, 128, 13, 10 } },
        };
        using var call = client.SingleAsync(Request("headers"), headers);
        seen.AppendLine(Outcome.Describe(await call.ResponseHeadersAsync));
        seen.AppendLine((await call).Text);
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task StateAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.SingleAsync(new TrialRequest { Behaviour = "wait", DelayMs = 200 });
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        await call;
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task CollectAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Collect();
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(Request("echo", $"m{i}"));
        }

        await call.RequestStream.CompleteAsync();
        seen.AppendLine((await call).Text);
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task CollectEarlyAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Collect();
        await call.RequestStream.WriteAsync(Request("early"));
        seen.AppendLine((await call).Text);
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.RequestStream.WriteAsync(Request("echo"))));
    }

    public static async Task ExpandAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Expand(Request("echo", "again", 1000));
        seen.AppendLine(Outcome.Describe(await call.ResponseHeadersAsync));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        var sum = 0;
        while (await call.ResponseStream.MoveNext())
        {
            sum += call.ResponseStream.Current.Index;
        }

        seen.Append(sum).AppendLine();
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        seen.Append(await call.ResponseStream.MoveNext()).AppendLine();
    }

    public static async Task ExpandFailureAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Expand(Request("fail", "after three", 3));
        for (var i = 0; i < 3; i++)
        {
            seen.Append(await call.ResponseStream.MoveNext()).Append(call.ResponseStream.Current.Index).AppendLine();
        }

        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext()));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext()));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task ConverseAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Converse();
        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(Request("echo", $"turn {i}"));
            await call.ResponseStream.MoveNext();
            seen.AppendLine(call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        seen.Append(await call.ResponseStream.MoveNext()).AppendLine();
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task NothingAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Converse();
        await call.RequestStream.CompleteAsync();
        seen.Append(await call.ResponseStream.MoveNext()).AppendLine();
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task TwoReadsAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Converse();
        var first = call.ResponseStream.MoveNext();
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext()));
        await call.RequestStream.WriteAsync(Request("echo", "one"));
        seen.Append(await first).AppendLine();
    }

    public static async Task WriteAfterCompleteAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Converse();
        await call.RequestStream.CompleteAsync();
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.RequestStream.WriteAsync(Request("echo"))));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.RequestStream.CompleteAsync()));
    }

    public static async Task DeadlineAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.SingleAsync(Waiting(), deadline: DateTime.UtcNow.AddMilliseconds(150));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task PastDeadlineAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.SingleAsync(Waiting(), deadline: DateTime.UtcNow.AddMilliseconds(-1));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseHeadersAsync));
    }

    public static async Task StreamDeadlineAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Expand(
            new TrialRequest
            {
                Behaviour = "wait",
                DelayMs = 20_000,
                Count = 1,
            },
            deadline: DateTime.UtcNow.AddMilliseconds(400)
        );
        seen.Append(await call.ResponseStream.MoveNext()).AppendLine();
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext()));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static Task LocalDeadlineAsync(Trial.TrialClient client, StringBuilder seen)
    {
        client.Single(Waiting(), deadline: DateTime.Now.AddMinutes(1));
        return Task.CompletedTask;
    }

    public static async Task CancelledBeforeAsync(Trial.TrialClient client, StringBuilder seen)
    {
        var token = new CancellationToken(canceled: true);
        using var call = client.SingleAsync(Waiting(), cancellationToken: token);
        seen.AppendLine(await Outcome.OfAsync(async _ => await call));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task CancelledAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var source = new CancellationTokenSource(150);
        using var call = client.SingleAsync(Waiting(), cancellationToken: source.Token);
        try
        {
            await call;
        }
        catch (OperationCanceledException canceled)
        {
            seen.AppendLine(
                $"{canceled.GetType().Name} {canceled.CancellationToken == source.Token} {canceled.InnerException?.GetType().Name}"
            );
        }
        catch (RpcException failed)
        {
            seen.AppendLine(
                $"{failed.Status.Detail} {failed.Status.DebugException?.GetType().Name} {failed.InnerException?.GetType().Name}"
            );
        }

        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task CancelledReadAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.Expand(
            new TrialRequest
            {
                Behaviour = "wait",
                DelayMs = 20_000,
                Count = 2,
            }
        );
        using var source = new CancellationTokenSource();
        seen.Append(await call.ResponseStream.MoveNext(source.Token)).AppendLine();
        seen.Append(await call.ResponseStream.MoveNext(source.Token)).AppendLine();
        source.CancelAfter(100);
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext(source.Token)));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext(CancellationToken.None)));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task DisposedUnaryAsync(Trial.TrialClient client, StringBuilder seen)
    {
        var call = client.SingleAsync(Waiting());
        await Task.Delay(150);
        call.Dispose();
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseAsync));
    }

    public static async Task DisposedStreamAsync(Trial.TrialClient client, StringBuilder seen)
    {
        var call = client.Converse();
        await call.RequestStream.WriteAsync(Request("echo"));
        await call.ResponseStream.MoveNext();
        call.Dispose();
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.ResponseStream.MoveNext()));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.RequestStream.WriteAsync(Request("echo"))));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call.RequestStream.CompleteAsync()));
    }

    public static async Task TooLargeReceivedAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.SingleAsync(Request("size", count: 4 * 1024 * 1024));
        seen.AppendLine(await Outcome.OfAsync(async _ => await call));
        seen.AppendLine(Outcome.State(call.GetStatus, call.GetTrailers));
    }

    public static async Task LargeAsync(Trial.TrialClient client, StringBuilder seen)
    {
        foreach (var size in new[] { 1023, 1024, 65_536, 262_144, 1_048_576, 2_500_000, 4_000_000 })
        {
            var bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            var reply = await client.SingleAsync(new TrialRequest { Behaviour = "echo", Payload = UnsafeByteOperations.UnsafeWrap(bytes) });
            seen.Append(size).Append(reply.Payload.Span.SequenceEqual(bytes)).AppendLine();
        }
    }

    public static async Task CompressedAsync(Trial.TrialClient client, StringBuilder seen)
    {
        using var call = client.SingleAsync(Request("compressed", new string('z', 5000)));
        seen.AppendLine((await call).Text);
        seen.AppendLine(Outcome.Describe(await call.ResponseHeadersAsync));
    }

    public static async Task CompressedRequestAsync(Trial.TrialClient client, StringBuilder seen)
    {
        var headers = new Metadata { { "grpc-internal-encoding-request", "gzip" } };
        seen.AppendLine((await client.SingleAsync(Request("echo", new string('y', 5000)), headers)).Text);
        using var call = client.Collect(headers);
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(Request("echo", "plain"));
        call.RequestStream.WriteOptions = new WriteOptions();
        await call.RequestStream.WriteAsync(Request("echo", "pressed"));
        await call.RequestStream.CompleteAsync();
        seen.AppendLine((await call).Text);
    }

    public static async Task UnknownCompressionAsync(Trial.TrialClient client, StringBuilder seen)
    {
        var headers = new Metadata { { "grpc-internal-encoding-request", "vacuum" } };
        seen.AppendLine((await client.SingleAsync(Request("echo"), headers)).Text);
    }

    public static async Task UserAgentAsync(Trial.TrialClient client, StringBuilder seen) =>
        seen.AppendLine((await client.SingleAsync(Request("authority"))).Text);

    public static TrialRequest Request(string behaviour, string text = "", int count = 0) =>
        new()
        {
            Behaviour = behaviour,
            Text = text,
            Count = count,
        };

    private static TrialRequest Waiting() => new() { Behaviour = "wait", DelayMs = 20_000 };
}
