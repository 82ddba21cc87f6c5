using System.Text;
using ChatRoom;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Grpc.Reflection.V1Alpha;
using Ledger;
using Nexus.Differential.Servers.Tests.Worlds;

namespace Nexus.Differential.Servers.Tests;

/// <summary>gRPC services answer Grpc.Net.Client alike on Kestrel and behind the node, in every kind of call and failure.</summary>
[TestClass]
public sealed class GrpcTests
{
    private static readonly DateTime s_never = DateTime.MaxValue;

    private static readonly Dictionary<string, Func<Entries.EntriesClient, Task<string>>> s_calls = new()
    {
        ["unary"] = static client => PostAsync(client, 10),
        ["unary of 3 MB"] = static client => PostAsync(client, 3_000_000),
        ["request too large"] = static client => PostAsync(client, 5_000_000),
        ["status"] = static client => EndAsync(client.FailAsync(new Failure { Code = 9, Message = "nicht erfüllt ✓\n%" })),
        ["exception"] = static client => EndAsync(client.FailAsync(new Failure { ThrowPlain = true, Message = "secret" })),
        // Whose clock is first decides what besides the status is seen.
        ["deadline"] = static async client =>
            (await EndAsync(client.WaitAsync(new Pause { Milliseconds = 20_000 }, deadline: DateTime.UtcNow.AddMilliseconds(400)))).Split(
                '|'
            )[0],
        ["cancellation"] = CancelAsync,
        ["client stream"] = static client => ImportAsync(client, 1000, negativeAt: -1),
        ["client stream ended by the server"] = static client => ImportAsync(client, 1000, negativeAt: 3),
        ["empty client stream"] = static client => ImportAsync(client, 0, negativeAt: -1),
        ["server stream"] = static client => ListAsync(client, 10_000, 100, stopAt: -1),
        ["server stream of large messages"] = static client => ListAsync(client, 20, 2_000_000, stopAt: -1),
        ["server stream given up"] = static client => ListAsync(client, 1_000_000, 100, stopAt: 10),
        ["duplex"] = ReconcileAsync,
        ["DynamoDB"] = static async client =>
            $"{await client.StoreAsync(new Entry { Account = "stored", Amount = 7, Note = "by the service" })}",
    };

    public static IEnumerable<object[]> Calls => s_calls.Keys.Select(static name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Calls))]
    public Task Call_OnBothServers_GoesAlike(string name) =>
        BothWorlds.CompareAsync(async world =>
        {
            using var channel = Open(world, ServedApp.Ledger);
            return await s_calls[name](new Entries.EntriesClient(channel));
        });

    [TestMethod]
    public Task UnknownMethod_OnBothServers_IsUnimplemented() =>
        BothWorlds.CompareAsync(async world =>
        {
            using var channel = Open(world, ServedApp.ChatRoom);
            return await EndAsync(new Entries.EntriesClient(channel).PostAsync(new Entry()));
        });

    [TestMethod]
    public Task Health_OnBothServers_IsServing() =>
        BothWorlds.CompareAsync(async world =>
        {
            using var channel = Open(world, ServedApp.Ledger);
            return $"{await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest())}";
        });

    [TestMethod]
    public Task Reflection_OnBothServers_ListsServices() =>
        BothWorlds.CompareAsync(async world =>
        {
            using var channel = Open(world, ServedApp.Ledger);
            using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
            await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
            await call.ResponseStream.MoveNext(CancellationToken.None);
            var services = call.ResponseStream.Current.ListServicesResponse.Service.Select(static service => service.Name);
            await call.RequestStream.CompleteAsync();
            return string.Join(' ', services);
        });

    [TestMethod]
    [DataRow(GrpcWebMode.GrpcWeb, false)]
    [DataRow(GrpcWebMode.GrpcWebText, false)]
    [DataRow(GrpcWebMode.GrpcWeb, true)]
    public Task GrpcWeb_OnBothServers_GoesAlike(GrpcWebMode mode, bool http2) =>
        BothWorlds.CompareAsync(async world =>
        {
            using var handler = new GrpcWebHandler(mode, new SocketsHttpHandler());
            using var channel = GrpcChannel.ForAddress(
                world.AddressOf(ServedApp.Ledger, http2),
                new GrpcChannelOptions
                {
                    HttpHandler = handler,
                    HttpVersion = http2 ? new Version(2, 0) : new Version(1, 1),
                    HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact,
                }
            );
            var client = new Entries.EntriesClient(channel);
            return $"{await PostAsync(client, 1000)}\n{await ListAsync(client, 20, 10, stopAt: -1)}";
        });

    [TestMethod]
    public Task Chat_OfTwoGuests_HearsEverything() =>
        BothWorlds.CompareAsync(async world =>
        {
            using var channel = Open(world, ServedApp.ChatRoom);
            var client = new Chat.ChatClient(channel);
            using var first = client.Join();
            using var second = client.Join();
            var heard = new StringBuilder();
            await SayAsync(first, "ann", "joins");
            await HearAsync(first, heard);
            await SayAsync(second, "bob", "joins");
            await HearAsync(first, heard);
            await HearAsync(second, heard);
            for (var i = 0; i < 100; i++)
            {
                var (teller, name) = i % 2 == 0 ? (first, "ann") : (second, "bob");
                await SayAsync(teller, name, $"line {i}");
                await HearAsync(first, heard);
                await HearAsync(second, heard);
            }

            await first.RequestStream.CompleteAsync();
            heard.AppendLine($"{await first.ResponseStream.MoveNext(CancellationToken.None)} {first.GetStatus()}");
            await second.RequestStream.CompleteAsync();
            heard.AppendLine($"{await second.ResponseStream.MoveNext(CancellationToken.None)} {second.GetStatus()}");
            return heard.ToString();
        });

    private static GrpcChannel Open(ServerWorld world, ServedApp app) =>
        GrpcChannel.ForAddress(world.AddressOf(app, http2: true), new GrpcChannelOptions { MaxSendMessageSize = null });

    private static Task SayAsync(AsyncDuplexStreamingCall<Saying, Saying> call, string who, string text) =>
        call.RequestStream.WriteAsync(
            new Saying
            {
                Room = "hall",
                Who = who,
                Text = text,
            }
        );

    private static async Task HearAsync(AsyncDuplexStreamingCall<Saying, Saying> call, StringBuilder heard)
    {
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.IsTrue(await call.ResponseStream.MoveNext(watchdog.Token));
        heard.AppendLine($"{call.ResponseStream.Current.Who}: {call.ResponseStream.Current.Text}");
    }

    private static async Task<string> PostAsync(Entries.EntriesClient client, int bytes)
    {
        var entry = new Entry
        {
            Account = "acc",
            Amount = 5,
            Attachment = ByteString.CopyFrom(new byte[bytes]),
        };
        var call = client.PostAsync(entry, new Metadata { { "caller", "tester" } }, s_never);
        return await EndAsync(call);
    }

    private static async Task<string> EndAsync<T>(AsyncUnaryCall<T> call)
        where T : IMessage
    {
        using (call)
        {
            try
            {
                var answer = await call.ResponseAsync;
                return $"{answer}\n{Text(await call.ResponseHeadersAsync)}\n{call.GetStatus()}\n{Text(call.GetTrailers())}";
            }
            catch (RpcException failure)
            {
                return Describe(failure);
            }
        }
    }

    private static async Task<string> CancelAsync(Entries.EntriesClient client)
    {
        var before = (await client.CancelledAsync(new Query())).Count;
        using var cancellation = new CancellationTokenSource();
        var waiting = EndAsync(client.WaitAsync(new Pause { Milliseconds = 60_000 }, cancellationToken: cancellation.Token));
        await Task.Delay(300);
        await cancellation.CancelAsync();
        var outcome = await waiting;
        // The service must notice: that is the point of cancelling.
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await client.CancelledAsync(new Query())).Count == before)
        {
            await Task.Delay(20, watchdog.Token);
        }

        return outcome;
    }

    private static async Task<string> ImportAsync(Entries.EntriesClient client, int count, int negativeAt)
    {
        using var call = client.Import();
        try
        {
            for (var i = 0; i < count; i++)
            {
                await call.RequestStream.WriteAsync(new Entry { Amount = i == negativeAt ? -1 : i });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException && negativeAt >= 0)
        {
            // The service ended the call first; its status says why.
        }

        try
        {
            return $"{await call.ResponseAsync} {call.GetStatus()}";
        }
        catch (RpcException failure)
        {
            return Describe(failure);
        }
    }

    private static async Task<string> ListAsync(Entries.EntriesClient client, int count, int bytes, int stopAt)
    {
        using var cancellation = new CancellationTokenSource();
        using var call = client.List(
            new Query
            {
                Account = "acc",
                Count = count,
                AttachmentBytes = bytes,
            },
            cancellationToken: cancellation.Token
        );
        long seen = 0;
        long total = 0;
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                total += call.ResponseStream.Current.Amount + call.ResponseStream.Current.Attachment.Length;
                if (++seen == stopAt)
                {
                    await cancellation.CancelAsync();
                }
            }

            return $"{seen} {total} {call.GetStatus()}";
        }
        catch (RpcException failure) when (stopAt >= 0)
        {
            return $"given up: {failure.StatusCode}";
        }
    }

    private static async Task<string> ReconcileAsync(Entries.EntriesClient client)
    {
        using var call = client.Reconcile();
        var text = new StringBuilder();
        for (var i = 0; i < 200; i++)
        {
            await call.RequestStream.WriteAsync(new Entry { Account = "r", Amount = i });
            await call.ResponseStream.MoveNext(CancellationToken.None);
            text.Append(call.ResponseStream.Current.Text).Append(';');
        }

        await call.RequestStream.CompleteAsync();
        text.Append(await call.ResponseStream.MoveNext(CancellationToken.None));
        return $"{text} {call.GetStatus()} {Text(call.GetTrailers())}";
    }

    private static string Describe(RpcException failure) => $"{failure.StatusCode}|{failure.Status.Detail}|{Text(failure.Trailers)}";

    private static string Text(Metadata metadata) =>
        string.Join(
            ' ',
            metadata
                .Where(static entry => entry.Key is not "date")
                .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
                .Select(static entry =>
                    entry.IsBinary ? $"{entry.Key}={Convert.ToHexString(entry.ValueBytes)}" : $"{entry.Key}={entry.Value}"
                )
        );
}
