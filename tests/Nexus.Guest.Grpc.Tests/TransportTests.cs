using Google.Protobuf;
using Nexus.Backend.Executors.Grpc;
using Nexus.Backend.Executors.Upstreams;
using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.Grpc.Tests;

/// <summary>What goes on below the calls: copies, room, leftovers, and bad guests.</summary>
[TestClass]
public sealed class TransportTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1024)]
    [DataRow(65_536)]
    [DataRow(1_048_576)]
    [Timeout(60_000)]
    public async Task Message_EitherWay_IsNotCopied(int bytes)
    {
        // A message whose rest is 20 ms late is copied out of the window's way, which a busy machine may do to any one of them.
        long copied;
        var tries = 5;
        do
        {
            copied = await CopiedAsync(bytes);
        } while (copied > 0 && --tries > 0);

        Assert.AreEqual(0, copied);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Message_LargerThanWhatIsHeldInPlace_IsCopiedAndCounted()
    {
        await using var pair = new GrpcPair();
        await pair.Client().SingleAsync(new TrialRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[3_000_000]) });
        Assert.IsGreaterThan(3_000_000, pair.Guest.BytesCopied);
        Assert.AreEqual(0, pair.Backend.BytesCopied);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_ManyAtOnce_AllComeBackAndLeaveNothing()
    {
        await using var pair = new GrpcPair();
        var client = pair.Client();
        var calls = Enumerable.Range(0, 1000).Select(async i => (await client.SingleAsync(Calls.Request("echo", $"n{i}"))).Text == $"n{i}");
        Assert.IsTrue((await Task.WhenAll(calls)).All(static same => same));
        await AssertNothingIsLeftAsync(pair);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_LargeOnesAtOnce_DoNotStarveEachOther()
    {
        await using var pair = new GrpcPair();
        var client = pair.Client();
        var calls = Enumerable
            .Range(0, 16)
            .Select(async _ => (await client.SingleAsync(Calls.Request("size", count: 3_000_000))).Payload.Length);
        Assert.IsTrue((await Task.WhenAll(calls)).All(static length => length == 3_000_000));
        await AssertNothingIsLeftAsync(pair);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Messages_OfOneMebibyte_GoOnComing()
    {
        await using var pair = new GrpcPair();
        var client = pair.Client();
        var request = new TrialRequest { Behaviour = "echo", Payload = UnsafeByteOperations.UnsafeWrap(new byte[1_048_576]) };
        for (var i = 0; i < 60; i++)
        {
            Assert.AreEqual(1_048_576, (await client.SingleAsync(request)).Payload.Length);
        }

        await AssertNothingIsLeftAsync(pair);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_CancelledAtEveryStage_LeaveNothing()
    {
        await using var pair = new GrpcPair();
        var client = pair.Client();
        var random = new Random(7);
        var calls = Enumerable
            .Range(0, 120)
            .Select(async i =>
            {
                using var source = new CancellationTokenSource(random.Next(0, 25));
                try
                {
                    using var call = client.Converse(cancellationToken: source.Token);
                    for (var turn = 0; turn < 1000; turn++)
                    {
                        await call.RequestStream.WriteAsync(
                            new TrialRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[10_000]) }
                        );
                        await call.ResponseStream.MoveNext();
                    }
                }
                catch (RpcException cancelled)
                {
                    Assert.AreEqual(StatusCode.Cancelled, cancelled.StatusCode, cancelled.Status.Detail);
                }
            });
        await Task.WhenAll(calls);
        await AssertNothingIsLeftAsync(pair);
        Assert.AreEqual("on", (await client.SingleAsync(Calls.Request("echo", "on"))).Text);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Call_CancelledBetweenTwoReads_IsCancelledThoughTheBackendSaidSoFirst()
    {
        await using var pair = new GrpcPair();
        using var source = new CancellationTokenSource();
        var replies = Marshallers.Create(
            static (TrialReply _, SerializationContext _) => throw new NotSupportedException(),
            context =>
            {
                CancelAndWait(source, pair);
                return TrialReply.Parser.ParseFrom(context.PayloadAsReadOnlySequence());
            }
        );
        var method = new Method<TrialRequest, TrialReply>(MethodType.Unary, "trials.Trial", "Expand", Requests(static () => { }), replies);
        var request = new TrialRequest
        {
            Behaviour = "wait",
            Count = 1,
            DelayMs = 30_000,
        };
        using var call = pair.Invoker().AsyncUnaryCall(method, host: null, new CallOptions(cancellationToken: source.Token), request);
        var cancelled = await Assert.ThrowsExactlyAsync<RpcException>(async () => await call);
        Assert.AreEqual(StatusCode.Cancelled, cancelled.StatusCode, cancelled.Status.Detail);
        await AssertNothingIsLeftAsync(pair);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Write_CancelledWhileItSerializes_IsCancelledThoughTheBackendSaidSoFirst()
    {
        await using var pair = new GrpcPair();
        using var source = new CancellationTokenSource();
        var replies = Marshallers.Create(
            static (TrialReply _, SerializationContext _) => throw new NotSupportedException(),
            static context => TrialReply.Parser.ParseFrom(context.PayloadAsReadOnlySequence())
        );
        var requests = Requests(() => CancelAndWait(source, pair));
        var method = new Method<TrialRequest, TrialReply>(MethodType.DuplexStreaming, "trials.Trial", "Converse", requests, replies);
        using var call = pair.Invoker().AsyncDuplexStreamingCall(method, host: null, new CallOptions(cancellationToken: source.Token));
        var cancelled = await Assert.ThrowsExactlyAsync<RpcException>(async () => await call.RequestStream.WriteAsync(new TrialRequest()));
        Assert.AreEqual(StatusCode.Cancelled, cancelled.StatusCode, cancelled.Status.Detail);
        await AssertNothingIsLeftAsync(pair);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Messages_OfOneMebibyteAnsweredWhileTheyCome_GoOnComing()
    {
        await using var pair = new GrpcPair();
        var method = new Method<TrialRequest, TrialReply>(
            MethodType.Unary,
            TrialServer.RawService,
            "Echo",
            Requests(static () => { }),
            Marshallers.Create(
                static (TrialReply _, SerializationContext _) => throw new NotSupportedException(),
                static context => new TrialReply { Index = context.PayloadLength }
            )
        );
        var request = new TrialRequest { Payload = UnsafeByteOperations.UnsafeWrap(new byte[1_048_576]) };
        for (var i = 0; i < 60; i++)
        {
            using var call = pair.Invoker().AsyncUnaryCall(method, host: null, default, request);
            Assert.AreEqual(request.CalculateSize(), (await call).Index);
        }

        await AssertNothingIsLeftAsync(pair);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Reader_ThatDoesNotRead_KeepsOnlyItsWindow()
    {
        await using var pair = new GrpcPair();
        using var slow = pair.Client()
            .Expand(
                new TrialRequest
                {
                    Behaviour = "echo",
                    Count = 2000,
                    Payload = UnsafeByteOperations.UnsafeWrap(new byte[10_000]),
                }
            );
        await slow.ResponseStream.MoveNext();
        await Task.Delay(300);
        Assert.IsLessThanOrEqualTo(ChannelOptions.Default.ArenaBytes / 4, pair.Backend.ArenaBytesInUse);
        Assert.AreEqual("on", (await pair.Client().SingleAsync(Calls.Request("echo", "on"))).Text);
        var read = 1;
        while (await slow.ResponseStream.MoveNext())
        {
            read++;
        }

        Assert.AreEqual(2000, read);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Head_OfRandomBytes_EndsThatGuestOnly()
    {
        await using var pair = new GrpcPair();
        using (var call = await pair.Guest.OpenAsync(ChannelProtocol.Grpc, new RawMessage([1, 2, 3]), timeout: null, final: true))
        {
            await Assert.ThrowsExactlyAsync<ChannelException>(async () => await call.ReceiveAsync());
        }

        Assert.IsInstanceOfType<ProtocolViolationException>(pair.Faults.Single());
    }

    [TestMethod]
    [DataRow("ftp", "example", "/a/b")]
    [DataRow("http", "user@example", "/a/b")]
    [DataRow("http", "", "/a/b")]
    [DataRow("http", "example/x", "/a/b")]
    [DataRow("http", "example", "a/b")]
    [DataRow("http", "example", "/a b")]
    [DataRow("http", "example", "/a?b")]
    public void Route_ThatMakesNoAddress_IsRefused(string scheme, string authority, string path)
    {
        var head = new GrpcMethodHead
        {
            Kind = GrpcCallKind.Unary,
            Scheme = scheme,
            Authority = authority,
            Path = path,
            UserAgent = "",
            AcceptEncoding = "",
        };
        var refusal = Assert.ThrowsExactly<Nexus.Diagnostics.NexusException>(() =>
            GrpcRoute.Create(
                head.Encode(),
                new UpstreamPolicy(["*"], GrpcDiagnostics.Upstreams),
                static _ => throw new AssertFailedException()
            )
        );
        Assert.AreEqual("NEXUS0702", refusal.Diagnostic.Id);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Call_ToAFunctionOfTheNode_IsHandedOverWithoutASocket()
    {
        var upstream = new EchoUpstream();
        await using var pair = new GrpcPair(
            ["other-function:5000"],
            address => address.Authority == "other-function:5000" ? upstream : null
        );
        var client = pair.Client(new Uri("http://other-function:5000"));
        var reply = await client.SingleAsync(new TrialRequest { Behaviour = "echo", Text = "next door" }, new Metadata { { "x-a", "1" } });
        Assert.AreEqual("next door", reply.Text);
        Assert.AreEqual("POST /trials.Trial/Single", upstream.Seen);
    }

    private static Marshaller<TrialRequest> Requests(Action first) =>
        Marshallers.Create(
            (TrialRequest request, SerializationContext context) =>
            {
                first();
                request.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            static _ => throw new NotSupportedException()
        );

    /// <summary>Returns when the backend has answered the cancellation.</summary>
    private static void CancelAndWait(CancellationTokenSource source, GrpcPair pair)
    {
        source.Cancel();
        Assert.IsTrue(SpinWait.SpinUntil(() => pair.Guest.CallsInFlight == 0, TimeSpan.FromSeconds(20)));
    }

    private static async Task<long> CopiedAsync(int bytes)
    {
        await using var pair = new GrpcPair();
        var request = new TrialRequest { Behaviour = "echo", Payload = UnsafeByteOperations.UnsafeWrap(new byte[bytes]) };
        Assert.AreEqual(bytes, (await pair.Client().SingleAsync(request)).Payload.Length);
        Assert.IsGreaterThanOrEqualTo(2L * bytes, pair.Guest.PayloadBytes);
        return pair.Guest.BytesCopied + pair.Backend.BytesCopied;
    }

    private static async Task AssertNothingIsLeftAsync(GrpcPair pair)
    {
        for (var i = 0; i < 200 && (pair.Guest.CallsInFlight + pair.Backend.CallsInFlight > 0); i++)
        {
            await Task.Delay(20);
        }

        Assert.AreEqual(0, pair.Guest.CallsInFlight, "calls of the guest");
        Assert.AreEqual(0, pair.Backend.CallsInFlight, "calls of the backend");
        Assert.IsEmpty(pair.Faults);
    }

    /// <summary>Sends back what it gets: requests and replies of this service begin alike.</summary>
    private sealed class EchoUpstream : INodeUpstream
    {
        public string Seen { get; private set; } = "";

        public async Task ServeAsync(HttpRequestHead request, NodeExchange exchange, CancellationToken cancellation)
        {
            Seen = $"{request.Method} {request.Target}";
            var frame = await exchange.ReadAsync(cancellation);
            var parsed = TrialRequest.Parser.ParseFrom(frame.Memory.Span[5..]);
            exchange.Release(frame);
            var reply = new TrialReply { Text = parsed.Text };
            var length = reply.CalculateSize();
            await exchange.BeginAsync(
                new GrpcResponseHead
                {
                    Status = 200,
                    Version = 20,
                    ContentType = "application/grpc",
                },
                cancellation
            );
            var block = await exchange.RentAsync(length + 5, cancellation);
            block.Memory.Span[..4].Clear();
            block.Memory.Span[4] = (byte)length;
            reply.WriteTo(block.Memory.Span.Slice(5, length));
            exchange.Send(block, length + 5);
            await exchange.EndAsync(new GrpcResponseEnd { Trailers = [new("grpc-status", "0")] }, cancellation);
        }
    }

    private sealed class RawMessage(byte[] bytes) : IChannelMessage
    {
        public int MaxBytes => bytes.Length;

        public void Write(ref MessageWriter writer) => writer.WriteRaw(bytes);
    }
}
