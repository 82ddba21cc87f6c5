using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Nexus.Backend.Sockets;
using Nexus.Channel;

namespace Nexus.Backend.Tests.Sockets;

[TestClass]
public sealed class PumpStreamTests : IDisposable
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(30);
    private readonly ChannelPump _pump = new("sockets", mostThreads: 2, spinMicroseconds: 0, itemsMayBlock: false);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public PumpStreamTests()
    {
        _pump.Start();
        _listener.Start();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _pump.Dispose();
    }

    [TestMethod]
    public async Task ReadAsync_BytesCameBeforeAndAfterTheCall_ReturnsThem()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        await peer.SendAsync(new byte[] { 1, 2 });
        var buffer = new byte[8];
        Assert.AreEqual(2, await stream.ReadAsync(buffer).AsTask().WaitAsync(Watchdog));

        var reading = stream.ReadAsync(buffer).AsTask();
        Assert.IsFalse(reading.IsCompleted);
        await peer.SendAsync(new byte[] { 3 });
        Assert.AreEqual(1, await reading.WaitAsync(Watchdog));
        Assert.AreEqual(3, buffer[0]);
    }

    [TestMethod]
    public async Task ReadAsync_EmptyBuffer_WaitsForBytesAndLeavesThem()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        var waiting = stream.ReadAsync(Memory<byte>.Empty).AsTask();
        await Task.Delay(50);
        Assert.IsFalse(waiting.IsCompleted);

        await peer.SendAsync(new byte[] { 7 });
        Assert.AreEqual(0, await waiting.WaitAsync(Watchdog));
        var buffer = new byte[1];
        Assert.AreEqual(1, await stream.ReadAsync(buffer).AsTask().WaitAsync(Watchdog));
        Assert.AreEqual(7, buffer[0]);
    }

    [TestMethod]
    public async Task ReadAsync_PeerHasShutDown_ReturnsZeroAgainAndAgain()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        peer.Shutdown(SocketShutdown.Send);
        Assert.AreEqual(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Watchdog));
        Assert.AreEqual(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Watchdog));
    }

    [TestMethod]
    public async Task WriteAsync_MoreThanTheSystemBuffers_ArrivesWholeAndInOrder()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        var sent = RandomNumberGenerator.GetBytes(20_000_000);
        var writing = stream.WriteAsync(sent).AsTask();
        await Task.Delay(50);
        Assert.IsFalse(writing.IsCompleted, "nobody has read yet");

        var received = new byte[sent.Length];
        using var reader = new NetworkStream(peer, ownsSocket: false);
        await reader.ReadExactlyAsync(received).AsTask().WaitAsync(Watchdog);
        await writing.WaitAsync(Watchdog);
        Assert.IsTrue(sent.AsSpan().SequenceEqual(received));
    }

    [TestMethod]
    public async Task Both_ManyConnectionsEchoAtOnce_GetTheirOwnBytes()
    {
        const int connections = 40;
        const int rounds = 200;
        var echoes = Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async _ =>
                {
                    using var peer = new NetworkStream(await _listener.AcceptSocketAsync(), ownsSocket: true);
                    await peer.CopyToAsync(peer);
                })
        );
        await Task.WhenAll(Enumerable.Range(0, connections).Select(EchoAsync)).WaitAsync(Watchdog);
        await echoes.WaitAsync(Watchdog);

        async Task EchoAsync(int number)
        {
            await using var stream = await PumpStream.ConnectAsync([IPAddress.Loopback], Port, _pump, CancellationToken.None);
            var buffer = new byte[32];
            for (var round = 0; round < rounds; round++)
            {
                var text = $"{number, 8}{round, 24}".Select(static one => (byte)one).ToArray();
                await stream.WriteAsync(text);
                await stream.ReadExactlyAsync(buffer);
                CollectionAssert.AreEqual(text, buffer);
            }
        }
    }

    [TestMethod]
    public async Task ReadAsync_Cancelled_EndsAndTheNextOneWorks()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        using var cancellation = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[1], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        var ended = await Assert.ThrowsAsync<OperationCanceledException>(() => reading.WaitAsync(Watchdog));
        Assert.AreEqual(cancellation.Token, ended.CancellationToken);

        var buffer = new byte[1];
        var next = stream.ReadAsync(buffer).AsTask();
        await peer.SendAsync(new byte[] { 9 });
        Assert.AreEqual(1, await next.WaitAsync(Watchdog));
        Assert.AreEqual(9, buffer[0]);
    }

    [TestMethod]
    public async Task Read_CancelledAndFedAtTheSameMoment_LosesNoByte()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        var expected = 0;
        var buffer = new byte[1];
        for (var round = 0; round < 2000; round++)
        {
            using var cancellation = new CancellationTokenSource();
            var reading = stream.ReadAsync(buffer, cancellation.Token).AsTask();
            var cancelling = Task.Run(cancellation.Cancel);
            await peer.SendAsync(new[] { (byte)round });
            await cancelling;
            try
            {
                await reading.WaitAsync(Watchdog);
            }
            catch (OperationCanceledException)
            {
                await stream.ReadAsync(buffer).AsTask().WaitAsync(Watchdog);
            }

            Assert.AreEqual((byte)expected++, buffer[0]);
        }
    }

    [TestMethod]
    public async Task Dispose_WhileReadingAndWriting_EndsBoth()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        var writing = stream.WriteAsync(new byte[20_000_000]).AsTask();
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Watchdog));
        await Assert.ThrowsAsync<IOException>(() => writing.WaitAsync(Watchdog));
        await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1]).AsTask());
    }

    [TestMethod]
    public async Task ReadAsync_PeerResets_FailsAsNetworkStreamDoes()
    {
        var (stream, peer) = await ConnectAsync();
        using var plain = new TcpClient();
        var accepting = _listener.AcceptSocketAsync();
        await plain.ConnectAsync(IPAddress.Loopback, Port);
        using var plainPeer = await accepting;
        using var both = new Both(stream, peer);
        var ours = stream.ReadAsync(new byte[1]).AsTask();
        var theirs = plain.GetStream().ReadAsync(new byte[1]).AsTask();
        peer.Close(0);
        plainPeer.Close(0);

        var failure = await Assert.ThrowsAsync<IOException>(() => ours.WaitAsync(Watchdog));
        var expected = await Assert.ThrowsAsync<IOException>(() => theirs.WaitAsync(Watchdog));
        Assert.AreEqual(expected.Message, failure.Message);
        Assert.AreEqual(
            ((SocketException)expected.InnerException!).SocketErrorCode,
            ((SocketException)failure.InnerException!).SocketErrorCode
        );
    }

    [TestMethod]
    public async Task ReadAsync_BeforeAndAfterContinueOnPump_GoesOnInThePoolAndThenOnThePump()
    {
        var (stream, peer) = await ConnectAsync();
        using var both = new Both(stream, peer);
        Assert.IsNull(await FeedAsync(), "the pool's threads have no such name");
        stream.ContinueOnPump();
        Assert.AreEqual("sockets", await FeedAsync());

        async Task<string?> FeedAsync()
        {
            var reading = ReadAsync();
            await peer.SendAsync(new byte[] { 1 });
            return await reading.WaitAsync(Watchdog);
        }

        async Task<string?> ReadAsync()
        {
            await stream.ReadAsync(new byte[1]).ConfigureAwait(false);
            return Thread.CurrentThread.Name is { } name && name.StartsWith("sockets", StringComparison.Ordinal) ? name : null;
        }
    }

    [TestMethod]
    public async Task Use_HttpClient_ConnectsInThePoolAndReadsOnThePump()
    {
        string? connecting = "";
        using var handler = new SocketsHttpHandler();
        PumpConnections.Use(
            handler,
            async (_, cancellation) =>
            {
                var made = await PumpStream.ConnectAsync([IPAddress.Loopback], Port, _pump, cancellation).ConfigureAwait(false);
                connecting = Thread.CurrentThread.Name;
                return made;
            }
        );
        using var client = new HttpMessageInvoker(handler);
        var serving = ServeOneAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{Port}/");
        var sending = SendAsync();
        Assert.AreEqual("sockets", await sending.WaitAsync(Watchdog));
        Assert.AreNotEqual("sockets", connecting);
        await serving;

        async Task<string?> SendAsync()
        {
            using var response = await client.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
            return Thread.CurrentThread.Name;
        }

        async Task ServeOneAsync()
        {
            using var peer = new NetworkStream(await _listener.AcceptSocketAsync(), ownsSocket: true);
            await peer.ReadAtLeastAsync(new byte[1024], 16);
            await Task.Delay(100);
            await peer.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        }
    }

    [TestMethod]
    public async Task ConnectAsync_FirstAddressRefuses_TakesTheNext()
    {
        // The listener is on 127.0.0.1 only.
        var accepting = _listener.AcceptSocketAsync();
        await using var stream = await PumpStream.ConnectAsync(
            [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback],
            Port,
            _pump,
            CancellationToken.None
        );
        using var peer = await accepting.WaitAsync(Watchdog);
        Assert.IsTrue(peer.Connected);
    }

    [TestMethod]
    public async Task ConnectAsync_NobodyListens_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<SocketException>(async () =>
            await PumpStream.ConnectAsync([IPAddress.Parse("127.0.0.2")], Port, _pump, CancellationToken.None)
        );
        Assert.AreEqual(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }

    [TestMethod]
    public async Task ConnectAsync_NobodyAccepts_EndsWithItsToken()
    {
        // A full backlog: further connections get no answer.
        using var full = new TcpListener(IPAddress.Loopback, 0);
        full.Start(1);
        var remote = (IPEndPoint)full.LocalEndpoint;
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await PumpStream.ConnectAsync([remote.Address], remote.Port, _pump, cancellation.Token).AsTask().WaitAsync(Watchdog);
            }
        });
    }

    private async Task<(PumpStream Stream, Socket Peer)> ConnectAsync()
    {
        var accepting = _listener.AcceptSocketAsync();
        var stream = await PumpStream.ConnectAsync([IPAddress.Loopback], Port, _pump, CancellationToken.None).AsTask().WaitAsync(Watchdog);
        return (stream, await accepting.WaitAsync(Watchdog));
    }

    private sealed class Both(Stream stream, Socket peer) : IDisposable
    {
        public void Dispose()
        {
            stream.Dispose();
            peer.Dispose();
        }
    }
}
