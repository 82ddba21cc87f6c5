using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using CsCheck;

namespace Nexus.Backend.Aws.Tests;

/// <summary>Requests of the real SDK are caught and signed again by the backend's signer: both must agree to the last byte.</summary>
[TestClass]
public sealed class AwsSdkDifferentialTests
{
    private static readonly SessionAWSCredentials s_sdk = new(
        "AKIDEXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "token/with+signs=="
    );
    private static readonly AwsCredentials s_ours = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token/with+signs==");
    private static readonly Gen<string> s_key = Gen.String[Gen.Char["abcXYZ019-_.~ !'()*$&,/:;=?@+%#<>[]{}|^`\u00e4\u20ac"], 1, 20]
        .Select(key => key.Trim('/', '.', ' ').Replace("//", "/").Replace("./", "a/"))
        .Where(key => key.Length > 0);

    [TestMethod]
    public async Task Sign_S3Requests_AgreesWithSdk()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok(""));
        using var client = new AmazonS3Client(
            s_sdk,
            new AmazonS3Config
            {
                ServiceURL = server.Url,
                ForcePathStyle = true,
                AuthenticationRegion = "eu-west-1",
                MaxErrorRetry = 0,
            }
        );
        await Gen.Select(s_key, Gen.Byte.Array[0, 300], s_key)
            .SampleAsync(
                async (key, body, other) =>
                {
                    await client.GetObjectMetadataAsync(
                        new GetObjectMetadataRequest
                        {
                            BucketName = "bucket",
                            Key = key,
                            VersionId = other,
                        }
                    );
                    await client.PutObjectAsync(
                        new PutObjectRequest
                        {
                            BucketName = "bucket",
                            Key = key,
                            InputStream = new MemoryStream(body),
                            ContentType = "a/b;  c=d",
                        }
                    );
                    using GetObjectResponse got = await client.GetObjectAsync(
                        new GetObjectRequest
                        {
                            BucketName = "bucket",
                            Key = key,
                            ResponseHeaderOverrides = { ContentDisposition = other },
                        }
                    );
                },
                iter: 150,
                threads: 1
            );
        Assert.IsGreaterThan(400, server.Requests.Count);
        foreach (CapturedRequest request in server.Requests)
        {
            AssertSame(request, server, "s3", "eu-west-1");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(81919)]
    [DataRow(81920)]
    [DataRow(200000)]
    public async Task ChunkedBody_S3PutOverHttp_IsByteForByteTheSdks(int size)
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok(""));
        using var client = new AmazonS3Client(
            s_sdk,
            new AmazonS3Config
            {
                ServiceURL = server.Url,
                ForcePathStyle = true,
                AuthenticationRegion = "eu-west-1",
                MaxErrorRetry = 0,
            }
        );
        byte[] body = new byte[size];
        new Random(size).NextBytes(body);
        await client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = "bucket",
                Key = "k",
                InputStream = new MemoryStream(body),
                ChecksumAlgorithm = ChecksumAlgorithm.CRC32,
            }
        );
        Assert.IsTrue(server.Requests.TryDequeue(out CapturedRequest? request));
        Assert.AreEqual(AwsPayloadHash.StreamingSignedTrailer, request.Header("x-amz-content-sha256"));
        AwsSignature seed = AssertSame(request, server, "s3", "eu-west-1");
        var ours = new AwsChunkedBody(new AwsMemoryBody(body), AwsChecksumAlgorithm.Crc32, seed, 81920);
        var written = new MemoryStream();
        await ours.WriteToAsync(written, CancellationToken.None);
        Assert.IsTrue(request.Body.AsSpan().SequenceEqual(written.ToArray()), "The framed bodies differ.");
        Assert.AreEqual(written.Length, ours.Length);
    }

    [TestMethod]
    public async Task Sign_DynamoDbAndSqs_AgreesWithSdk()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackReply.Ok());
        using var dynamo = new AmazonDynamoDBClient(
            s_sdk,
            new AmazonDynamoDBConfig
            {
                ServiceURL = server.Url,
                AuthenticationRegion = "us-east-1",
                MaxErrorRetry = 0,
            }
        );
        using var sqs = new AmazonSQSClient(
            s_sdk,
            new AmazonSQSConfig
            {
                ServiceURL = server.Url,
                AuthenticationRegion = "us-east-1",
                MaxErrorRetry = 0,
            }
        );
        for (int i = 0; i < 20; i++)
        {
            await dynamo.GetItemAsync(
                new GetItemRequest
                {
                    TableName = "table",
                    Key = new() { ["id"] = new AttributeValue(new string('x', i)) },
                }
            );
            await sqs.ListQueuesAsync(new ListQueuesRequest { QueueNamePrefix = new string('y', i + 1) });
        }
        foreach (CapturedRequest request in server.Requests)
        {
            AssertSame(
                request,
                server,
                request.Header("X-Amz-Target")!.StartsWith("Dynamo", StringComparison.Ordinal) ? "dynamodb" : "sqs",
                "us-east-1"
            );
        }
    }

    [TestMethod]
    public void Presign_S3_AgreesWithSdk()
    {
        using var client = new AmazonS3Client(s_sdk, new AmazonS3Config { RegionEndpoint = Amazon.RegionEndpoint.EUWest1 });
        Gen.Select(s_key, Gen.Int[1, 600_000], Gen.Bool)
            .Sample(
                (key, seconds, put) =>
                {
                    string theirs = client.GetPreSignedURL(
                        new GetPreSignedUrlRequest
                        {
                            BucketName = "bucket",
                            Key = key,
                            Verb = put ? HttpVerb.PUT : HttpVerb.GET,
                            Expires = DateTime.UtcNow.AddSeconds(seconds),
                            VersionId = put ? null : "v/1",
                        }
                    );
                    var parsed = new Uri(theirs, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
                    string target = parsed.PathAndQuery;
                    int question = target.IndexOf('?', StringComparison.Ordinal);
                    string[] query = target[(question + 1)..].Split('&');
                    string plain = string.Join('&', query.Where(p => !p.StartsWith("X-Amz-", StringComparison.Ordinal)));
                    string date = query.Single(p => p.StartsWith("X-Amz-Date=", StringComparison.Ordinal))[11..];
                    string lifetime = query.Single(p => p.StartsWith("X-Amz-Expires=", StringComparison.Ordinal))[14..];
                    string ours = new AwsSigner().Presign(
                        put ? "PUT" : "GET",
                        "https",
                        parsed.Host,
                        target[..question] + (plain.Length > 0 ? "?" + plain : ""),
                        [],
                        TimeSpan.FromSeconds(int.Parse(lifetime, null)),
                        new AwsSigningScope("s3", "eu-west-1"),
                        s_ours,
                        ParseTime(date)
                    );
                    CollectionAssert.AreEquivalent(query, ours[(ours.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'));
                },
                iter: 300
            );
    }

    private static AwsSignature AssertSame(CapturedRequest request, LoopbackServer server, string service, string region)
    {
        string authorization = request.Header("Authorization")!;
        string[] signedNames = authorization.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        List<AwsHeader> headers =
        [
            .. request.Headers.Where(h =>
                signedNames.Contains(h.Name.ToLowerInvariant())
                && h.Name.ToLowerInvariant() is not ("host" or "x-amz-date" or "x-amz-security-token" or "x-amz-content-sha256")
            ),
        ];
        string? hash = request.Header("x-amz-content-sha256");
        if (hash is not null && service != "s3")
        {
            headers.Add(new AwsHeader("x-amz-content-sha256", hash));
        }
        AwsSignature ours = new AwsSigner().Sign(
            request.Method,
            $"127.0.0.1:{server.Port}",
            request.Target,
            headers,
            hash ?? Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(request.Body)),
            new AwsSigningScope(service, region),
            s_ours,
            ParseTime(request.Header("x-amz-date")!)
        );
        Assert.AreEqual(authorization.Split("Signature=")[1], ours.Signature, request.Method + " " + request.Target);
        return ours;
    }

    private static DateTimeOffset ParseTime(string text) =>
        DateTimeOffset.ParseExact(text, "yyyyMMdd'T'HHmmss'Z'", null, System.Globalization.DateTimeStyles.AssumeUniversal);
}
