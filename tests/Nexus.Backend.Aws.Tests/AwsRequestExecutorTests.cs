using System.Text;
using Nexus.Channel;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws.Tests;

/// <summary>The executor against real connections that throttle, break, stall and disagree about the time.</summary>
[TestClass]
public sealed class AwsRequestExecutorTests
{
    private const string Throttled = "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ThrottlingException\",\"message\":\"slow\"}";

    [TestMethod]
    public async Task Execute_Success_SendsTheSignedRequestAndStreamsTheAnswer()
    {
        await using var server = new LoopbackServer(
            (_, _) => LoopbackReply.Ok("{\"a\":1}", "x-amzn-RequestId: R1\r\nX-Twice: 1\r\nX-Twice: 2\r\n")
        );
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{\"TableName\":\"t\"}"));
        Assert.AreEqual(200, response.StatusCode);
        Assert.AreEqual("Some Reason", response.ReasonPhrase);
        Assert.AreEqual(7, response.ContentLength);
        Assert.AreEqual("{\"a\":1}", await BodyAsync(response));
        Assert.AreEqual("R1", response.Header("x-amzn-requestid"));
        CollectionAssert.AreEqual(new[] { "1", "2" }, response.Headers.Where(h => h.Name == "X-Twice").Select(h => h.Value).ToArray());
        CapturedRequest request = server.Requests.Single();
        Assert.AreEqual("{\"TableName\":\"t\"}", Encoding.UTF8.GetString(request.Body));
        Assert.AreEqual("attempt=1; max=3", request.Header("amz-sdk-request"));
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKID/", request.Header("Authorization")!);
        Assert.IsNull(request.Header("traceparent"));
        Assert.AreEqual($"127.0.0.1:{server.Port}", request.Header("Host"));
    }

    [TestMethod]
    [DataRow("/bucket/a%2Fb/../c%20d/./%7E//e", "?x=%2f&y=a+b&empty")]
    [DataRow("/bucket/%E2%82%AC!'()*", "")]
    public async Task Execute_OddTarget_ArrivesByteForByte(string path, string query)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok(""));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(S3("GET", path + query, AwsMemoryBody.Empty));
        Assert.AreEqual(path + query, server.Requests.Single().Target);
    }

    [TestMethod]
    public async Task Execute_HostileHeaders_AreReplacedOrDropped()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok());
        using var node = new Node(server);
        AwsRequest request = Dynamo(
            "{}",
            [
                new("Host", "evil.org"),
                new("Authorization", "stolen"),
                new("Content-Length", "999"),
                new("Transfer-Encoding", "chunked"),
                new("x-amz-security-token", "t"),
                new("X-Amz-Date", "19700101T000000Z"),
                new("Connection", "close"),
                new("X-Same", "a"),
                new("x-same", "b"),
                new("X-Latin", "\u00e4"),
            ]
        );
        using AwsHttpResponse response = await node.ExecuteAsync(request);
        CapturedRequest seen = server.Requests.Single();
        Assert.AreEqual("2", seen.Header("Content-Length"));
        Assert.AreEqual("a,b", seen.Header("X-Same"));
        Assert.AreEqual("\u00e4", seen.Header("X-Latin"));
        Assert.IsNull(seen.Header("Connection"));
        Assert.IsNull(seen.Header("Transfer-Encoding"));
        Assert.IsNull(seen.Header("x-amz-security-token"));
        Assert.AreEqual(1, seen.Headers.Count(h => h.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotStartWith("1970", seen.Header("x-amz-date")!);
    }

    [TestMethod]
    [DataRow("X-Split", "a\r\nHost: evil")]
    [DataRow("X-Nul", "a\0b")]
    [DataRow("X Y", "a")]
    [DataRow("X-Wide", "\u20ac")]
    public async Task Execute_UnsendableHeader_IsRefused(string name, string value)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok());
        using var node = new Node(server);
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(() => node.ExecuteAsync(Dynamo("{}", [new(name, value)])));
        Assert.AreSame(AwsDiagnostics.HeaderInvalid, e.Diagnostic);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task Execute_ThrottledTwice_SucceedsOnTheThirdAttempt()
    {
        await using var server = new LoopbackServer((_, n) => n < 3 ? LoopbackReply.Status(400, Throttled) : LoopbackReply.Ok("{}"));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual(200, response.StatusCode);
        Assert.AreEqual(3, response.Attempts);
        CollectionAssert.AreEqual(
            new[] { "attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3" },
            server.Requests.Select(r => r.Header("amz-sdk-request")).ToArray()
        );
    }

    [TestMethod]
    [DataRow(500, "", 3)]
    [DataRow(502, "<html>", 3)]
    [DataRow(503, "<Error><Code>SlowDown</Code></Error>", 3)]
    [DataRow(504, "", 3)]
    [DataRow(429, "", 3)]
    [DataRow(400, "<Error><Code>RequestTimeout</Code></Error>", 3)]
    [DataRow(400, "{\"__type\":\"ValidationException\"}", 1)]
    [DataRow(400, "{\"nested\":{\"__type\":\"ThrottlingException\"}}", 1)]
    [DataRow(404, "<Error><Code>NoSuchKey</Code></Error>", 1)]
    [DataRow(403, "", 1)]
    [DataRow(501, "", 1)]
    public async Task Execute_LastingFailure_HandsOnTheWholeAnswer(int status, string body, int attempts)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Status(status, body));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual(status, response.StatusCode);
        Assert.AreEqual(attempts, response.Attempts);
        Assert.AreEqual(body, await BodyAsync(response));
        Assert.HasCount(attempts, server.Requests);
    }

    [TestMethod]
    public async Task Execute_LongErrorBody_IsHandedOnBehindThePrefix()
    {
        string body = "{\"__type\":\"ValidationException\",\"message\":\"" + new string('m', 50_000) + "\"}";
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Status(400, body));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual("ValidationException", response.ErrorCode);
        Assert.AreEqual(body, await BodyAsync(response));
    }

    [TestMethod]
    public async Task Execute_ConnectionReset_IsRepeated()
    {
        await using var server = new LoopbackServer((_, n) => n == 1 ? LoopbackReply.Hangup : LoopbackReply.Ok("{}"));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual(2, response.Attempts);
    }

    [TestMethod]
    public async Task Execute_NothingListens_NamesTheEndpoint()
    {
        var server = new LoopbackServer((_, _) => LoopbackReply.Ok());
        using var node = new Node(server);
        await server.DisposeAsync();
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(() => node.ExecuteAsync(Dynamo("{}")));
        Assert.AreSame(AwsDiagnostics.EndpointUnreachable, e.Diagnostic);
        Assert.Contains("DynamoDB GetItem, http://127.0.0.1:", e.Value);
        Assert.Contains("3 attempts", e.Value);
    }

    [TestMethod]
    public async Task Execute_StalledServer_EndsAtTheDeadline()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Silence);
        using var node = new Node(server);
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(() =>
            node.ExecuteAsync(Dynamo("{}"), TimeSpan.FromMilliseconds(400))
        );
        Assert.AreSame(AwsDiagnostics.DeadlineExceeded, e.Diagnostic);
    }

    [TestMethod]
    public async Task Execute_StalledAttempt_IsRepeatedAfterItsTimeout()
    {
        await using var server = new LoopbackServer((_, n) => n == 1 ? LoopbackReply.Silence : LoopbackReply.Ok("{}"));
        using var node = new Node(server) { AttemptTimeout = TimeSpan.FromMilliseconds(300) };
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual(2, response.Attempts);
    }

    [TestMethod]
    public async Task Execute_PauseBeyondTheDeadline_HandsOnTheErrorAtOnce()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Status(503));
        using var node = new Node(server, jitter: 1);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"), TimeSpan.FromMilliseconds(900));
        Assert.AreEqual(503, response.StatusCode);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task Execute_Cancelled_Throws()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Silence);
        using var node = new Node(server);
        using var cancel = new CancellationTokenSource(200);
        await Assert.ThrowsAsync<OperationCanceledException>(() => node.ExecuteAsync(Dynamo("{}"), TimeSpan.FromSeconds(20), cancel.Token));
    }

    [TestMethod]
    public async Task Execute_SkewedClock_IsCorrectedAndRemembered()
    {
        DateTimeOffset theirs = DateTimeOffset.UtcNow.AddHours(-3);
        await using var server = new LoopbackServer(
            (request, _) =>
                DateTimeOffset.ParseExact(
                    request.Header("x-amz-date")!,
                    "yyyyMMdd'T'HHmmss'Z'",
                    null,
                    System.Globalization.DateTimeStyles.AssumeUniversal
                ) > theirs.AddMinutes(5)
                    ? LoopbackReply.Status(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", $"Date: {theirs:R}\r\n")
                    : LoopbackReply.Ok("{}")
        );
        using var node = new Node(server);
        using AwsHttpResponse first = await node.ExecuteAsync(Dynamo("{}"));
        using AwsHttpResponse second = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual(2, first.Attempts);
        Assert.AreEqual(1, second.Attempts);
    }

    [TestMethod]
    public async Task Execute_QuotaSpent_StopsRetrying()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Status(500));
        using var node = new Node(server);
        int attempts = 0;
        for (int i = 0; i < 60; i++)
        {
            using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
            attempts += response.Attempts;
        }
        Assert.AreEqual(60 + (AwsRetryQuota.Capacity / AwsRetryQuota.RetryCost), attempts);
    }

    [TestMethod]
    public async Task Execute_StreamedS3Upload_IsFramedAndNotRepeated()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Status(503));
        using var node = new Node(server);
        var body = new PieceBody(new string('a', 100_000), 7000, 100_000);
        using AwsHttpResponse response = await node.ExecuteAsync(S3("PUT", "/bucket/k", body, AwsChecksumAlgorithm.Crc32));
        Assert.AreEqual(1, response.Attempts);
        Assert.AreEqual(1, body.Taken);
        CapturedRequest seen = server.Requests.Single();
        Assert.AreEqual(AwsPayloadHash.StreamingSignedTrailer, seen.Header("x-amz-content-sha256"));
        Assert.AreEqual("aws-chunked", seen.Header("Content-Encoding"));
        Assert.AreEqual("100000", seen.Header("x-amz-decoded-content-length"));
        Assert.AreEqual("x-amz-checksum-crc32", seen.Header("x-amz-trailer"));
    }

    [TestMethod]
    public async Task Execute_UploadRefusedBeforeItsBody_IsRepeated()
    {
        await using var server = new LoopbackServer(
            (_, n) => n == 1 ? LoopbackReply.Status(503) with { Reset = true } : LoopbackReply.Ok("")
        );
        server.RefuseBefore = "refused";
        using var node = new Node(server);
        var body = new PieceBody(new string('a', 1000), 100, 1000);
        using AwsHttpResponse response = await node.ExecuteAsync(S3("PUT", "/bucket/k", body, AwsChecksumAlgorithm.Crc32));
        Assert.AreEqual(2, response.Attempts);
    }

    [TestMethod]
    public async Task Execute_BodyOfOtherLength_NamesBothLengths()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok(""));
        using var node = new Node(server);
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(() =>
            node.ExecuteAsync(S3("PUT", "/bucket/k", new PieceBody("abc", 1, 5), AwsChecksumAlgorithm.Crc32))
        );
        Assert.AreSame(AwsDiagnostics.BodyLengthMismatch, e.Diagnostic);
    }

    [TestMethod]
    public async Task Execute_SmallBodyAtHand_CarriesChecksumAndMd5AsHeaders()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok(""));
        using var node = new Node(server);
        AwsRequest request = S3("PUT", "/bucket/k", new AwsMemoryBody("123456789"u8.ToArray()), AwsChecksumAlgorithm.Crc64Nvme, md5: true);
        using AwsHttpResponse response = await node.ExecuteAsync(request);
        CapturedRequest seen = server.Requests.Single();
        Assert.AreEqual("rosUhgp5mIg=", seen.Header("x-amz-checksum-crc64nvme"));
        Assert.AreEqual(AwsChecksums.ContentMd5("123456789"u8), seen.Header("Content-MD5"));
        Assert.AreEqual("15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", seen.Header("x-amz-content-sha256"));
    }

    [TestMethod]
    public async Task Execute_AnswerBreaksOff_FailsInsteadOfRepeating()
    {
        byte[] half = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        await using var server = new LoopbackServer((_, _) => new LoopbackReply(half, Reset: true));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(() => BodyAsync(response));
        Assert.AreSame(AwsDiagnostics.ResponseBroken, e.Diagnostic);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public async Task Execute_Redirect_IsHandedOn()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Status(301, "", "Location: http://169.254.169.254/\r\n"));
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}"));
        Assert.AreEqual(301, response.StatusCode);
    }

    [TestMethod]
    [DataRow(AwsAuthScheme.SigV4A)]
    [DataRow(AwsAuthScheme.S3Express)]
    [DataRow(AwsAuthScheme.Bearer)]
    public async Task Execute_OtherAuthScheme_IsRefused(AwsAuthScheme scheme)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok());
        using var node = new Node(server);
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(() => node.ExecuteAsync(Dynamo("{}", scheme: scheme)));
        Assert.AreSame(AwsDiagnostics.AuthSchemeUnsupported, e.Diagnostic);
    }

    [TestMethod]
    public async Task Execute_Anonymous_SendsNoSignature()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok());
        using var node = new Node(server);
        using AwsHttpResponse response = await node.ExecuteAsync(Dynamo("{}", scheme: AwsAuthScheme.Anonymous));
        Assert.IsNull(server.Requests.Single().Header("Authorization"));
        Assert.AreEqual("{}", Encoding.ASCII.GetString(server.Requests.Single().Body));
    }

    [TestMethod]
    public async Task Presign_Object_SignsForTheConfiguredEndpoint()
    {
        var options = new AwsEndpointOptions { DefaultEndpoint = "http://127.0.0.1:4566" };
        using var pump = new ChannelPump("presign", 1, spinMicroseconds: 0);
        using var http = new AwsHttpClient(pump);
        var executor = new AwsRequestExecutor(new AwsEndpointPolicy(options), new AwsCredentialSource(options), http);
        var settings = new AwsFunctionSettings
        {
            Name = "f",
            Credentials = new AwsCredentialSettings { AccessKeyId = "AKID", SecretAccessKey = "secret" },
        };
        AwsRequest request = Dynamo("", [new("amz-sdk-invocation-id", "1"), new("Content-Type", "text/plain"), new("User-Agent", "u")]);
        string url = await executor.PresignAsync(request, settings, TimeSpan.FromMinutes(5), CancellationToken.None);
        Assert.StartsWith("http://127.0.0.1:4566/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F", url);
        Assert.Contains("&X-Amz-Expires=300&X-Amz-SignedHeaders=content-type%3Bhost&X-Amz-Signature=", url);
    }

    private static AwsRequest Dynamo(string body, List<AwsHeader>? headers = null, AwsAuthScheme scheme = AwsAuthScheme.SigV4) =>
        new()
        {
            ServiceId = "DynamoDB",
            Operation = "GetItem",
            SigningName = "dynamodb",
            SigningRegion = "eu-west-1",
            Method = "POST",
            Uri = "https://dynamodb.eu-west-1.amazonaws.com/",
            Headers = headers ?? [new("Content-Type", "application/x-amz-json-1.0"), new("X-Amz-Target", "DynamoDB_20120810.GetItem")],
            Body = new AwsMemoryBody(Encoding.UTF8.GetBytes(body)),
            AuthScheme = scheme,
        };

    private static AwsRequest S3(
        string method,
        string target,
        IAwsBody body,
        AwsChecksumAlgorithm checksum = AwsChecksumAlgorithm.None,
        bool md5 = false
    ) =>
        new()
        {
            ServiceId = "S3",
            Operation = "AnyObject",
            SigningName = "s3",
            SigningRegion = "eu-west-1",
            Method = method,
            Uri = "https://s3.eu-west-1.amazonaws.com" + target,
            Headers = [],
            Body = body,
            Checksum = checksum,
            ContentMd5 = md5,
        };

    private static async Task<string> BodyAsync(AwsHttpResponse response)
    {
        var all = new MemoryStream();
        byte[] some = new byte[1000];
        int read;
        while ((read = await response.ReadAsync(some, CancellationToken.None)) > 0)
        {
            all.Write(some, 0, read);
        }
        return Encoding.UTF8.GetString(all.ToArray());
    }

    private sealed class Node : IDisposable
    {
        private readonly ChannelPump _pump = new("node", mostThreads: 2, spinMicroseconds: 0, itemsMayBlock: false);
        private readonly AwsHttpClient _http;
        private readonly AwsRequestExecutor _executor;

        public Node(LoopbackServer server, double jitter = 0)
        {
            var options = new AwsEndpointOptions { DefaultEndpoint = server.Url };
            _pump.Start();
            _http = new AwsHttpClient(_pump);
            _executor = new AwsRequestExecutor(new AwsEndpointPolicy(options), new AwsCredentialSource(options), _http)
            {
                Jitter = () => jitter,
            };
        }

        public TimeSpan? AttemptTimeout { get; init; }

        public Task<AwsHttpResponse> ExecuteAsync(
            AwsRequest request,
            TimeSpan? within = null,
            CancellationToken cancellationToken = default
        ) =>
            _executor
                .ExecuteAsync(
                    request,
                    new AwsFunctionSettings
                    {
                        Name = "f",
                        Credentials = new AwsCredentialSettings { AccessKeyId = "AKID", SecretAccessKey = "secret" },
                        AttemptTimeout = AttemptTimeout,
                    },
                    DateTimeOffset.UtcNow + (within ?? TimeSpan.FromSeconds(30)),
                    cancellationToken
                )
                .AsTask();

        public void Dispose()
        {
            _http.Dispose();
            _pump.Dispose();
        }
    }
}
