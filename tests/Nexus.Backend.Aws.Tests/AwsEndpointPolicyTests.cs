using CsCheck;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws.Tests;

[TestClass]
public sealed class AwsEndpointPolicyTests
{
    private static readonly AwsEndpointPolicy s_plain = new(new AwsEndpointOptions());

    [TestMethod]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com/", "dynamodb.eu-west-1.amazonaws.com", "/")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com", "/")]
    [DataRow(
        "https://S3.cn-north-1.amazonaws.com.cn:443/b/a%2Fb/../c%20d?x=%2f",
        "s3.cn-north-1.amazonaws.com.cn",
        "/b/a%2Fb/../c%20d?x=%2f"
    )]
    [DataRow("https://my_bucket.s3.us-gov-west-1.amazonaws.com/k", "my_bucket.s3.us-gov-west-1.amazonaws.com", "/k")]
    [DataRow("https://lambda.eu-west-1.api.aws/x", "lambda.eu-west-1.api.aws", "/x")]
    public void Resolve_PublicHost_KeepsItByteForByte(string uri, string authority, string target)
    {
        AwsEndpoint endpoint = s_plain.Resolve(uri, "Any");
        Assert.AreEqual(new AwsEndpoint("https", authority, target), endpoint);
        Assert.AreEqual(target, endpoint.ToUri().PathAndQuery);
    }

    [TestMethod]
    [DataRow("https://example.com/", "NEXUS0402")]
    [DataRow("https://amazonaws.com/", "NEXUS0402")]
    [DataRow("https://evilamazonaws.com/", "NEXUS0402")]
    [DataRow("https://dynamodb.amazonaws.com.evil.org/", "NEXUS0402")]
    [DataRow("https://ec2-1-2-3-4.us-west-2.compute.amazonaws.com/", "NEXUS0402")]
    [DataRow("https://ec2-1-2-3-4.compute-1.amazonaws.com/", "NEXUS0402")]
    [DataRow("https://lb-1.us-east-1.elb.amazonaws.com/", "NEXUS0402")]
    [DataRow("https://b.s3-website.us-east-2.amazonaws.com/", "NEXUS0402")]
    [DataRow("https://b.s3-website-us-east-1.amazonaws.com/", "NEXUS0402")]
    [DataRow("https://vpce-1.s3.us-east-1.vpce.amazonaws.com/", "NEXUS0402")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com:8443/", "NEXUS0402")]
    [DataRow("https://127.0.0.1/", "NEXUS0402")]
    [DataRow("http://dynamodb.eu-west-1.amazonaws.com/", "NEXUS0403")]
    [DataRow("http://169.254.169.254/latest/meta-data/", "NEXUS0405")]
    [DataRow("https://169.254.170.2/v2/credentials", "NEXUS0405")]
    [DataRow("http://[fd00:ec2::254]/latest", "NEXUS0405")]
    [DataRow("http://[::ffff:169.254.169.254]/latest", "NEXUS0405")]
    [DataRow("http://[fe80::1]/", "NEXUS0405")]
    [DataRow("http://instance-data/latest", "NEXUS0405")]
    [DataRow("https://user:pw@dynamodb.eu-west-1.amazonaws.com/", "NEXUS0401")]
    [DataRow("https://dynam\u043edb.eu-west-1.amazonaws.com/", "NEXUS0401")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com./", "NEXUS0401")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com/a b", "NEXUS0401")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com/a\r\nX: y", "NEXUS0401")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com/a#b", "NEXUS0401")]
    [DataRow("https://example.com\\.amazonaws.com/", "NEXUS0401")]
    [DataRow("https://example.com%2f.amazonaws.com/", "NEXUS0401")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com:0/", "NEXUS0401")]
    [DataRow("https://dynamodb.eu-west-1.amazonaws.com:99999/", "NEXUS0401")]
    [DataRow("ftp://dynamodb.eu-west-1.amazonaws.com/", "NEXUS0401")]
    [DataRow("/relative", "NEXUS0401")]
    [DataRow("", "NEXUS0401")]
    [DataRow("https://b--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com/k", "NEXUS0400")]
    public void Resolve_UnwantedUri_IsRefused(string uri, string id)
    {
        NexusException e = Assert.ThrowsExactly<NexusException>(() => s_plain.Resolve(uri, "S3"));
        Assert.AreEqual(id, e.Diagnostic.Id);
    }

    [TestMethod]
    public void Resolve_Refused_NamesThePlaceWithoutItsQuery()
    {
        NexusException e = Assert.ThrowsExactly<NexusException>(() => s_plain.Resolve("https://example.com/p?X-Amz-Signature=abc", "S3"));
        Assert.AreEqual("https://example.com/p", e.Value);
    }

    [TestMethod]
    [DataRow("https://photos.s3.eu-west-1.amazonaws.com/a%20b?x=1", "/photos/a%20b?x=1")]
    [DataRow("https://my.photos.s3.amazonaws.com/k", "/my.photos/k")]
    [DataRow("https://s3.s3.us-east-1.amazonaws.com/k", "/s3/k")]
    [DataRow("https://photos.s3-accelerate.amazonaws.com/k", "/photos/k")]
    [DataRow("https://photos.s3.dualstack.eu-west-1.amazonaws.com/k", "/photos/k")]
    [DataRow("https://photos.s3-fips.us-gov-west-1.amazonaws.com/k", "/photos/k")]
    [DataRow("https://photos.s3.eu-west-1.amazonaws.com/?list-type=2", "/photos?list-type=2")]
    [DataRow("https://s3.eu-west-1.amazonaws.com/photos/k", "/photos/k")]
    [DataRow("http://127.0.0.1:4566/photos/k", "/photos/k")]
    public void Resolve_S3WithConfiguredEndpoint_MovesTheBucketIntoThePath(string uri, string target)
    {
        AwsEndpointPolicy policy = Policy(("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:4566"));
        Assert.AreEqual(new AwsEndpoint("http", "127.0.0.1:4566", target), policy.Resolve(uri, "S3"));
    }

    [TestMethod]
    public void Resolve_BucketHostOfConfiguredEndpoint_MovesTheBucketIntoThePath()
    {
        AwsEndpointPolicy policy = Policy(("AWS_ENDPOINT_URL", "http://localhost:9000/base/"));
        Assert.AreEqual("/base/photos/k", policy.Resolve("http://photos.localhost:9000/k", "S3").Target);
        Assert.AreEqual("localhost:9000", policy.Resolve("http://photos.localhost:9000/k", "S3").Authority);
    }

    [TestMethod]
    public void Resolve_ServiceEndpoint_WinsOverTheGeneralOne()
    {
        AwsEndpointPolicy policy = Policy(
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:2"),
            ("AWS_ENDPOINT_URL_SQS", "")
        );
        Assert.AreEqual("127.0.0.1:2", policy.Resolve("https://secretsmanager.eu-west-1.amazonaws.com/", "Secrets Manager").Authority);
        Assert.AreEqual("127.0.0.1:1", policy.Resolve("https://sqs.eu-west-1.amazonaws.com/", "SQS").Authority);
        Assert.AreEqual("127.0.0.1:2", policy.Resolve("http://127.0.0.1:2/queue", "SQS").Authority);
    }

    [TestMethod]
    public void Resolve_IgnoredConfiguration_GoesToAws()
    {
        AwsEndpointPolicy policy = Policy(("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"));
        Assert.AreEqual("sqs.eu-west-1.amazonaws.com", policy.Resolve("https://sqs.eu-west-1.amazonaws.com/", "SQS").Authority);
    }

    [TestMethod]
    [DataRow("https://search.internal.example/x", true)]
    [DataRow("https://a.b.corp.example/x", true)]
    [DataRow("http://127.0.0.1:8000/x", true)]
    [DataRow("http://search.internal.example/x", false)]
    [DataRow("https://corp.example/x", false)]
    [DataRow("http://127.0.0.1:8001/x", false)]
    public void Resolve_AllowList_AdmitsExactlyItsEntries(string uri, bool admitted)
    {
        var policy = new AwsEndpointPolicy(
            new AwsEndpointOptions { AllowedEndpoints = ["search.internal.example", "*.corp.example", "http://127.0.0.1:8000"] }
        );
        if (admitted)
        {
            Assert.AreEqual("/x", policy.Resolve(uri, "OpenSearch").Target);
        }
        else
        {
            Assert.ThrowsExactly<NexusException>(() => policy.Resolve(uri, "OpenSearch"));
        }
    }

    [TestMethod]
    [DataRow("localhost:4566")]
    [DataRow("http://user@localhost:4566")]
    [DataRow("http://localhost:4566/?x")]
    [DataRow("http://169.254.169.254")]
    public void Policy_UnusableConfiguredEndpoint_IsRefused(string endpoint)
    {
        NexusException e = Assert.ThrowsExactly<NexusException>(() => Policy(("AWS_ENDPOINT_URL", endpoint)));
        Assert.AreEqual(endpoint, e.Value);
    }

    [TestMethod]
    public void Resolve_RandomText_NeverLeavesTheAllowedHosts() =>
        Gen.Select(
                OneOf("https://", "http://", "HTTPS://", "//", ""),
                Gen.String[OneOf('a', '.', '@', ':', '/', '[', ']', '%', '#', '?', '1', '-', '\\', '\t'), 0, 12],
                OneOf("s3.amazonaws.com", "amazonaws.com", "evil.org", ""),
                Gen.String[0, 4]
            )
            .Sample(
                (scheme, middle, suffix, end) =>
                {
                    string uri = scheme + middle + suffix + end;
                    try
                    {
                        AwsEndpoint endpoint = s_plain.Resolve(uri, "S3");
                        Uri parsed = endpoint.ToUri();
                        Assert.AreEqual("https", parsed.Scheme);
                        Assert.EndsWith(".amazonaws.com", parsed.Host);
                        Assert.AreEqual("", parsed.UserInfo);
                        Assert.AreEqual(endpoint.Target, parsed.PathAndQuery);
                    }
                    catch (NexusException)
                    {
                        // Refusing is always right for text made of fragments.
                    }
                },
                iter: 20_000
            );

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static AwsEndpointPolicy Policy(params (string Name, string Value)[] environment) =>
        new(AwsEndpointOptions.FromEnvironment(environment.ToDictionary(pair => pair.Name, pair => pair.Value)));
}
