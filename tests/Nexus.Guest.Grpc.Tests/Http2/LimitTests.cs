using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nexus.Backend.Http2;
using Nexus.Backend.Http2.Hpack;

namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>The limits that servers set are kept, and those that protect the backend hold.</summary>
[TestClass]
public sealed class LimitTests
{
    private const int Window = 7;

    [TestMethod]
    [Timeout(60_000)]
    public async Task Request_ToAServerWithASmallWindow_WaitsForRoomEachTime()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var second = AnswerTwoAsync(listener);
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        await using var pair = new GrpcPair([address.Authority]);
        var request = new TrialRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[1000]) };
        var client = pair.Client(address);
        // The server's settings are known to the second call for certain.
        await client.SingleAsync(new TrialRequest());
        await client.SingleAsync(request);
        var (frame, total) = await second;
        Assert.AreEqual(Window, frame);
        Assert.AreEqual(request.CalculateSize() + 5, total);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_ToAServerThatTakesOneAtATime_AllSucceed()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1;
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        await using var app = builder.Build();
        app.MapGrpcService<TrialService>();
        await app.StartAsync();
        var address = new Uri(app.Urls.First());
        await using var pair = new GrpcPair([address.Authority]);
        var client = pair.Client(address);
        var calls = Enumerable.Range(0, 20).Select(async i => (await client.SingleAsync(Calls.Request("echo", $"n{i}"))).Text == $"n{i}");
        Assert.IsTrue((await Task.WhenAll(calls)).All(static same => same));
        await app.StopAsync(new CancellationToken(canceled: true));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Request_WithAHeadThatTheServerDoesNotTake_FailsAsInADirectRun()
    {
        using var server = new ScriptedServer(new Script(Frames.Setting(6, 1000), static (stream, _) => Frames.Answer(stream)));
        await using var pair = new GrpcPair([server.Address.Authority]);
        using var channel = GrpcChannel.ForAddress(server.Address);
        var seen = new List<string>();
        foreach (var client in new[] { new Trial.TrialClient(channel), pair.Client(server.Address) })
        {
            // The server's settings are known to the second call for certain.
            await client.SingleAsync(new TrialRequest());
            var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () =>
                await client.SingleAsync(new TrialRequest(), new Metadata { { "large", new string('v', 1000) } })
            );
            seen.Add($"{failure.StatusCode}: {failure.Status.Detail}");
            await client.SingleAsync(new TrialRequest());
        }

        Assert.AreEqual(seen[0], seen[1]);
        Assert.Contains("exceeded the server limit of 1000 bytes", seen[0]);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Server_ThatNeverSaysAWord_IsLeftSoThatNobodyWaitsForItsSettingsForEver()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var pool = new Http2Pool(onRoom => Task.FromResult(new Http2Connection(client.GetStream(), onRoom)));
        Assert.IsTrue(pool.TryEnter(CancellationToken.None, out var first));
        var receiver = new FailureReceiver();
        (await first).Open(new HeaderBlock(), receiver);
        pool.CloseUnused(idle: TimeSpan.Zero, silent: TimeSpan.FromMinutes(1));
        Assert.IsFalse(receiver.Failed.IsCompleted);
        pool.CloseUnused(idle: TimeSpan.FromMinutes(1), silent: TimeSpan.Zero);
        Assert.Contains("did not complete the HTTP/2 handshake", (await receiver.Failed).Message);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Server_ThatAsksForAnswersAndTakesNone_IsLeft()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var flood = FloodAsync(listener);
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        await using var pair = new GrpcPair([address.Authority]);
        var failure = await Assert.ThrowsExactlyAsync<RpcException>(async () => await pair.Client(address).SingleAsync(new TrialRequest()));
        Assert.Contains("frame queue exceeded an internal limit", failure.Status.Detail);
        await flood;
    }

    /// <summary>Gives room for as many bytes as come, and answers at the end.</summary>
    /// <returns>Of the second request, bytes of the largest frame of data, and of all.</returns>
    private static async Task<(int Largest, int Total)> AnswerTwoAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        await stream.WriteAsync(Frames.Setting(4, Window));
        await stream.ReadExactlyAsync(new byte[24]);
        var header = new byte[9];
        var (largest, total, answers) = (0, 0, 0);
        while (true)
        {
            await stream.ReadExactlyAsync(header);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload);
            if (header[3] == 0)
            {
                (largest, total) = (Math.Max(largest, payload.Length), total + payload.Length);
                if ((header[4] & Frames.EndStream) != 0)
                {
                    await stream.WriteAsync(Frames.Answer(header[5..]));
                    if (++answers == 2)
                    {
                        return (largest, total);
                    }

                    (largest, total) = (0, 0);
                    continue;
                }

                await stream.WriteAsync(Frames.Frame(8, 0, header[5..], [0, 0, 0, (byte)payload.Length]));
            }
            else if (header[3] == 4 && header[4] == 0)
            {
                await stream.WriteAsync(Frames.Frame(4, 1, Frames.Connection, []));
            }
        }
    }

    private static async Task FloodAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        await stream.WriteAsync(Frames.Settings);
        var pings = Enumerable.Repeat(Frames.Frame(6, 0, Frames.Connection, new byte[8]), 1000).SelectMany(static ping => ping).ToArray();
        try
        {
            // Far more than systems keep for a reader.
            for (var i = 0; i < 4000; i++)
            {
                await stream.WriteAsync(pings);
            }

            Assert.Fail("The flood was taken to its end.");
        }
        catch (IOException)
        {
            // Left, as it must be.
        }
    }
}
