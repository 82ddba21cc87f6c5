using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nexus.Backend.Tests.Ingress;

/// <summary>Callers find the same behind the pump's connections as behind Kestrel's own: each test runs on both.</summary>
[TestClass]
public sealed class PumpTransportTests
{
    private static readonly byte[] s_get = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: test\r\n\r\n");

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Echo_OfManyMegabytes_ComesBackWhole(bool onPump)
    {
        await using var server = await TransportServer.StartAsync(onPump, tls: false, EchoAsync);
        var sent = RandomNumberGenerator.GetBytes(20 * 1024 * 1024);
        using var client = new HttpClient();

        using var content = new ByteArrayContent(sent);
        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{server.Port}/"), content, TestContext.CancellationToken);
        var received = await answer.Content.ReadAsByteArrayAsync(TestContext.CancellationToken);

        Assert.IsTrue(sent.AsSpan().SequenceEqual(received));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Request_OverTls_IsHttp2AndManyAtOnceAreAnswered(bool onPump)
    {
        await using var server = await TransportServer.StartAsync(onPump, tls: true, EchoAsync);
#pragma warning disable CA5359 // The certificate is the test's own.
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } };
#pragma warning restore CA5359
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(async number =>
                {
                    using var content = new StringContent($"{number}");
                    using var answer = await client.PostAsync(
                        new Uri($"https://localhost:{server.Port}/"),
                        content,
                        TestContext.CancellationToken
                    );
                    return await answer.Content.ReadAsStringAsync(TestContext.CancellationToken);
                })
        );

        CollectionAssert.AreEqual(Enumerable.Range(0, 200).Select(static number => $"{number}").ToArray(), answers);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Caller_ThatEndsItsSide_StillGetsItsAnswer(bool onPump)
    {
        var mayAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TransportServer.StartAsync(
            onPump,
            tls: false,
            async context =>
            {
                await mayAnswer.Task;
                await context.Response.WriteAsync("late", TestContext.CancellationToken);
            }
        );
        using var caller = await ConnectAsync(server);
        await caller.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
        await Task.Delay(50, TestContext.CancellationToken);

        mayAnswer.SetResult();
        var answer = await ReadToEndAsync(caller);

        Assert.StartsWith("HTTP/1.1 200", answer);
        Assert.Contains("late", answer);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Caller_ThatGoesAway_AbortsItsRequest(bool onPump)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TransportServer.StartAsync(
            onPump,
            tls: false,
            async context =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );
        var caller = await ConnectAsync(server);
        await caller.SendAsync(s_get);
        await Task.Delay(50, TestContext.CancellationToken);

        caller.LingerState = new LingerOption(enable: true, seconds: 0);
        caller.Dispose();

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.CancellationToken);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Application_ThatAborts_ResetsTheConnection(bool onPump)
    {
        await using var server = await TransportServer.StartAsync(
            onPump,
            tls: false,
            static context =>
            {
                context.Abort();
                return Task.CompletedTask;
            }
        );
        using var caller = await ConnectAsync(server);
        await caller.SendAsync(s_get);

        var failure = await Assert.ThrowsExactlyAsync<SocketException>(() => ReadToEndAsync(caller));
        Assert.AreEqual(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Caller_ThatDoesNotRead_StopsWhatIsWritten(bool onPump)
    {
        long written = 0;
        await using var server = await TransportServer.StartAsync(
            onPump,
            tls: false,
            async context =>
            {
                var piece = new byte[64 * 1024];
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                    Interlocked.Add(ref written, piece.Length);
                }
            }
        );
        using var caller = await ConnectAsync(server);
        await caller.SendAsync(s_get);
        long before;
        do
        {
            before = Interlocked.Read(ref written);
            await Task.Delay(500, TestContext.CancellationToken);
        } while (before != Interlocked.Read(ref written));

        Assert.IsLessThan(32L * 1024 * 1024, before);
        var buffer = new byte[1024 * 1024];
        for (var i = 0; i < 20; i++)
        {
            Assert.IsGreaterThan(0, await caller.ReceiveAsync(buffer, TestContext.CancellationToken));
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task Server_ThatStops_EndsIdleConnections(bool onPump)
    {
        await using var server = await TransportServer.StartAsync(onPump, tls: false, EchoAsync);
        using var caller = await ConnectAsync(server);
        await caller.SendAsync(s_get);
        var buffer = new byte[4096];
        Assert.IsGreaterThan(0, await caller.ReceiveAsync(buffer, TestContext.CancellationToken));

        await server.StopAsync(TimeSpan.FromSeconds(5));

        while (await caller.ReceiveAsync(buffer, TestContext.CancellationToken) > 0) { }
    }

    [TestMethod]
    public async Task Connections_HoweverTheyEnd_LeaveNoDescriptor()
    {
        await using var server = await TransportServer.StartAsync(onPump: true, tls: false, EchoAsync);
        await ManyAsync(server, 50);
        var before = await SettledAsync(int.MaxValue);

        await ManyAsync(server, 500);

        var after = await SettledAsync(before);
        Assert.IsLessThan(before + 20, after, $"{before} descriptors, then {after}");
    }

    private async Task ManyAsync(TransportServer server, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var caller = await ConnectAsync(server);
            switch (i % 4)
            {
                case 0:
                    break;
                case 1:
                    await caller.SendAsync(s_get.AsMemory(0, 10));
                    break;
                case 2:
                    await caller.SendAsync(s_get);
                    caller.LingerState = new LingerOption(enable: true, seconds: 0);
                    break;
                default:
                    await caller.SendAsync(s_get);
                    await caller.ReceiveAsync(new byte[1024], TestContext.CancellationToken);
                    break;
            }
        }
    }

    private async Task<int> SettledAsync(int wanted)
    {
        var count = 0;
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(100, TestContext.CancellationToken);
            count = Directory.GetFiles("/proc/self/fd").Length;
            if (count <= wanted && wanted != int.MaxValue)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>After all of it has arrived, as .NET's client reads nothing before.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.ContentLength = body.Length;
        body.Position = 0;
        await body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<Socket> ConnectAsync(TransportServer server)
    {
        var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.CancellationToken);
        return caller;
    }

    private async Task<string> ReadToEndAsync(Socket caller)
    {
        var all = new StringBuilder();
        var buffer = new byte[4096];
        int received;
        while ((received = await caller.ReceiveAsync(buffer, TestContext.CancellationToken)) > 0)
        {
            all.Append(Encoding.ASCII.GetString(buffer, 0, received));
        }

        return all.ToString();
    }
}
