using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Nexus.Backend.Ingress;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Backend.Tests.Ingress;

/// <summary>Servers as instances: what callers get when they are full, slow, dead or gone.</summary>
[TestClass]
public sealed class ServerFunctionTests
{
    [TestMethod]
    public async Task Server_BehindARoute_RunsWithoutASocket()
    {
        await using var node = await ServerNode.StartAsync();

        Assert.AreEqual("gallery", await node.Http1.GetStringAsync("/"));
        Assert.AreEqual("gallery", await node.Http2.GetStringAsync("/"));

        var instance = node.Node.Servers["gallery"].Instances.Single();
        Assert.AreEqual(0, instance.Process.CountSockets());
    }

    [TestMethod]
    public async Task Requests_BeyondOneInstance_StartFurtherOnesUpToTheLimit()
    {
        await using var node = await ServerNode.StartAsync(static gallery => gallery with { Concurrency = 2, MaxInstances = 2 });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => node.Http2.GetStringAsync("/wait/300")));

        Assert.HasCount(2, node.Node.Servers["gallery"].Instances);
    }

    [TestMethod]
    public async Task Requests_BeyondTheQueue_AreRefusedWithRetryAfter()
    {
        await using var node = await ServerNode.StartAsync(static gallery =>
            gallery with
            {
                Concurrency = 1,
                MaxInstances = 1,
                MaxQueued = 1,
            }
        );
        await node.Http2.GetStringAsync("/");
        var first = node.Http2.GetStringAsync("/wait/2000");
        await Eventually.TrueAsync(() => node.Node.Servers["gallery"].Running == 1, "the first runs");
        var second = node.Http2.GetStringAsync("/wait/1");
        await Eventually.TrueAsync(() => node.Node.Servers["gallery"].Queued == 1, "the second waits");

        using var third = await node.Http2.GetAsync(new Uri("/wait/1", UriKind.Relative));

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        Assert.AreEqual(TimeSpan.FromSeconds(1), third.Headers.RetryAfter!.Delta);
        Assert.Contains("NEXUS0810", await third.Content.ReadAsStringAsync());
        await Task.WhenAll(first, second);
    }

    [TestMethod]
    public async Task Instance_ThatCrashes_FailsItsRequestsAndIsReplaced()
    {
        await using var node = await ServerNode.StartAsync();
        await node.Http1.GetStringAsync("/");

        using var crashed = await node.Http1.GetAsync(new Uri("/crash", UriKind.Relative));

        Assert.AreEqual(HttpStatusCode.BadGateway, crashed.StatusCode);
        Assert.AreEqual("gallery", await node.Http1.GetStringAsync("/"));
    }

    [TestMethod]
    public async Task Program_ThatNeverServes_IsReportedToThoseWhoWait()
    {
        await using var node = await ServerNode.StartAsync(static gallery =>
            gallery with
            {
                Environment = new Dictionary<string, string> { ["DOTNET_STARTUP_HOOKS"] = "/no/such/hook.dll" },
            }
        );

        using var answer = await node.Http1.GetAsync(new Uri("/", UriKind.Relative));

        Assert.AreEqual(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains("NEXUS0812", await answer.Content.ReadAsStringAsync());
    }

    [TestMethod]
    public async Task Request_OverTheTimeout_Gets504()
    {
        await using var node = await ServerNode.StartAsync(static gallery => gallery with { Timeout = TimeSpan.FromSeconds(1) });
        await node.Http1.GetStringAsync("/");

        using var answer = await node.Http1.GetAsync(new Uri("/wait/20000", UriKind.Relative));

        Assert.AreEqual(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [TestMethod]
    public async Task Caller_ThatLeaves_CancelsTheRequest()
    {
        await using var node = await ServerNode.StartAsync();
        foreach (var client in new[] { node.Http1, node.Http2 })
        {
            var before = int.Parse(await client.GetStringAsync("/cancelled"), null);
            using var leaving = new CancellationTokenSource(500);

            await Assert.ThrowsAsync<OperationCanceledException>(() =>
                client.GetStringAsync(new Uri("/slow", UriKind.Relative), leaving.Token)
            );

            await Eventually.TrueAsync(
                () => int.Parse(client.GetStringAsync("/cancelled").GetAwaiter().GetResult(), null) == before + 1,
                "the program noticed"
            );
        }
    }

    [TestMethod]
    public async Task Caller_ThatReadsSlowly_IsBoundedInMemoryAndHindersNobody()
    {
        await using var node = await ServerNode.StartAsync();
        await node.Http1.GetStringAsync("/");
        using var slow = new TcpClient();
        slow.ReceiveBufferSize = 4096;
        await slow.ConnectAsync(IPAddress.Loopback, node.AddressOf(0).Port);
        await slow.GetStream().WriteAsync("GET /large/200 HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        await Task.Delay(500);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var others = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => node.Http2.GetStringAsync("/")));

        Assert.IsTrue(others.All(static answer => answer == "gallery"));
        Assert.IsLessThan(20_000_000, GC.GetTotalMemory(forceFullCollection: true) - before + 1);
        Assert.IsLessThan(2_000_000, node.Node.Servers["gallery"].Instances.Single().Peer.ArenaBytesInUse);
    }

    [TestMethod]
    [DataRow("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\u0005\u0009\u0001\0\0\0\u0001junk!")]
    [DataRow("this is no HTTP at all\r\n\r\n")]
    public async Task Caller_ThatSpeaksNonsense_IsCutOffAndHindersNobody(string nonsense)
    {
        await using var node = await ServerNode.StartAsync();
        using var bad = new TcpClient();
        await bad.ConnectAsync(IPAddress.Parse("127.0.0.2"), node.AddressOf(1).Port);
        await bad.GetStream().WriteAsync(Encoding.Latin1.GetBytes(nonsense));
        using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        var buffer = new byte[4096];
        int read;
        do
        {
            try
            {
                read = await bad.GetStream().ReadAsync(buffer, watchdog.Token);
            }
            catch (IOException)
            {
                read = 0;
            }
        } while (read > 0);

        Assert.AreEqual("gallery", await node.Http2.GetStringAsync("/"));
    }

    [TestMethod]
    public async Task WebSocket_OverHttp1AndHttp2_Works()
    {
        await using var node = await ServerNode.StartAsync();
        foreach (var (listener, version) in new[] { (0, new Version(1, 1)), (1, new Version(2, 0)) })
        {
            using var watchdog = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
            using var socket = new ClientWebSocket();
            socket.Options.HttpVersion = version;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            var address = new UriBuilder(node.AddressOf(listener)) { Scheme = "ws", Path = "/socket" }.Uri;
            await socket.ConnectAsync(address, invoker, watchdog.Token);
            for (var i = 0; i < 10; i++)
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes($"line {i}"), WebSocketMessageType.Text, true, watchdog.Token);
                var buffer = new byte[200];
                var received = await socket.ReceiveAsync(buffer, watchdog.Token);
                Assert.AreEqual($"you said line {i}", Encoding.UTF8.GetString(buffer, 0, received.Count));
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", watchdog.Token);
            Assert.AreEqual("bye", socket.CloseStatusDescription);
        }
    }

    [TestMethod]
    public async Task Https_WithACertificate_SpeaksHttp2AndTellsTheProgram()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "node.pfx");
        var thumbprint = "";
        using (var key = RSA.Create(2048))
        {
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            thumbprint = certificate.GetCertHashString();
            await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pfx, "word"));
        }

        await using var node = await ServerNode.StartAsync(
            more:
            [
                new IngressRoute
                {
                    Listen = "https://127.0.0.3:0",
                    Function = "gallery",
                    Certificate = file,
                    CertificatePassword = "word",
                },
            ]
        );
        foreach (var version in new[] { new Version(1, 1), new Version(2, 0) })
        {
            using var handler = new SocketsHttpHandler();
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == thumbprint,
            };
            using var client = node.Client(2, version, handler);

            Assert.EndsWith("https GET", await client.GetStringAsync("/headers"));
        }
    }

    [TestMethod]
    public async Task Node_ThatDrains_FinishesWhatRuns()
    {
        var node = await ServerNode.StartAsync();
        await node.Http1.GetStringAsync("/");
        var running = node.Http1.GetStringAsync("/wait/1500");
        await Eventually.TrueAsync(() => node.Node.Servers["gallery"].Running == 1, "it runs");

        await node.Node.DisposeAsync();

        Assert.AreEqual("waited", await running);
    }

    [TestMethod]
    public async Task Instance_IdleForLong_IsReaped()
    {
        await using var node = await ServerNode.StartAsync(static gallery => gallery with { IdleTimeout = TimeSpan.FromSeconds(1) });
        await node.Http1.GetStringAsync("/");

        await Eventually.TrueAsync(() => node.Node.Servers["gallery"].Instances.Count == 0, "it is gone");

        Assert.AreEqual("gallery", await node.Http1.GetStringAsync("/"));
    }

    [TestMethod]
    public async Task Call_FromWithinTheNode_NeedsNoListener()
    {
        await using var node = await ServerNode.StartAsync();
        var head = new HttpRequestHead
        {
            Method = "GET",
            Scheme = "http",
            Authority = "gallery",
            Target = "/",
            Version = "2.0",
            ContentLength = 0,
            Headers = [],
        };

        using var opened = await node.Node.Servers["gallery"].OpenAsync(head, final: true, CancellationToken.None);
        var first = await opened.Call.ReceiveAsync();
        var second = await opened.Call.ReceiveAsync();

        Assert.AreEqual(200, HttpResponseHead.Read(first.Memory.Span).Status);
        Assert.AreEqual(FrameKind.Data, second.Kind);
        Assert.AreEqual("gallery", Encoding.UTF8.GetString(second.Memory.Span));
        opened.Call.Release(second);
    }
}
