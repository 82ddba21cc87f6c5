using System.Security.Cryptography;
using System.Text;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws.Tests;

/// <summary>Vectors of the public Signature Version 4 test suite and of the S3 documentation's worked examples.</summary>
[TestClass]
public sealed class AwsSignerTests
{
    private static readonly AwsCredentials s_suite = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    private static readonly DateTimeOffset s_suiteTime = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    internal static readonly AwsCredentials S3Example = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    internal static readonly DateTimeOffset S3ExampleTime = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    internal static readonly AwsSigningScope S3Scope = new("s3", "us-east-1");

    [TestMethod]
    [DataRow("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [DataRow("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [DataRow("GET", "/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [DataRow("GET", "/?\u1234=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [DataRow("GET", "/?%E1%88%B4=bar", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [DataRow("GET", "/\u1234", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [DataRow("GET", "/example space/", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [DataRow("GET", "/example/..", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [DataRow("GET", "/example1/example2/../..", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [DataRow("GET", "/./", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [DataRow("GET", "//", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    public void Sign_SuiteRequest_MatchesPublishedSignature(string method, string target, string expected)
    {
        AwsSignature signature = new AwsSigner().Sign(
            method,
            "example.amazonaws.com",
            target,
            [],
            AwsPayloadHash.Empty,
            new AwsSigningScope("service", "us-east-1"),
            s_suite,
            s_suiteTime
        );
        Assert.AreEqual(expected, signature.Signature);
    }

    [TestMethod]
    public void Sign_HeaderValuesWithSpaces_AreTrimmedAndCollapsed()
    {
        List<AwsHeader> headers = [new("My-Header1", " value1"), new("My-Header2", " \"a   b   c\"")];
        AwsSignature signature = SignSuite(headers);
        Assert.AreEqual("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736", signature.Signature);
    }

    [TestMethod]
    public void Sign_DuplicateHeaders_AreJoinedInOrder()
    {
        List<AwsHeader> apart = [new("My-Header1", "value2"), new("my-header1", "value2"), new("My-Header1", "value1")];
        List<AwsHeader> joined = [new("My-Header1", "value2,value2,value1")];
        string signature = SignSuite(apart).Signature;
        Assert.AreEqual("c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea", signature);
        Assert.AreEqual(signature, SignSuite(joined).Signature);
    }

    [TestMethod]
    public void Sign_IamListUsers_MatchesDocumentation()
    {
        List<AwsHeader> headers =
        [
            new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            new("User-Agent", "not signed"),
        ];
        AwsSignature signature = new AwsSigner().Sign(
            "GET",
            "iam.amazonaws.com",
            "/?Action=ListUsers&Version=2010-05-08",
            headers,
            AwsPayloadHash.Empty,
            new AwsSigningScope("iam", "us-east-1"),
            s_suite,
            s_suiteTime
        );
        Assert.AreEqual("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", signature.Signature);
        Assert.AreEqual(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            headers.Single(h => h.Name == "Authorization").Value
        );
    }

    [TestMethod]
    public void Sign_S3GetObject_MatchesDocumentation()
    {
        AwsSignature signature = SignS3("GET", "/test.txt", [new("Range", "bytes=0-9")], AwsPayloadHash.Empty);
        Assert.AreEqual("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", signature.Signature);
    }

    [TestMethod]
    public void Sign_S3PutObject_MatchesDocumentation()
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("Welcome to Amazon S3.")));
        List<AwsHeader> headers = [new("Date", "Fri, 24 May 2013 00:00:00 GMT"), new("x-amz-storage-class", "REDUCED_REDUNDANCY")];
        AwsSignature signature = SignS3("PUT", "/test%24file.text", headers, hash);
        Assert.AreEqual("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", signature.Signature);
    }

    [TestMethod]
    [DataRow("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [DataRow("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Sign_S3Query_MatchesDocumentation(string target, string expected) =>
        Assert.AreEqual(expected, SignS3("GET", target, [], AwsPayloadHash.Empty).Signature);

    [TestMethod]
    public void Presign_S3GetObject_MatchesDocumentation()
    {
        string url = new AwsSigner().Presign(
            "GET",
            "https",
            "examplebucket.s3.amazonaws.com",
            "/test.txt",
            [],
            TimeSpan.FromDays(1),
            S3Scope,
            S3Example,
            S3ExampleTime
        );
        Assert.EndsWith("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", url);
        Assert.StartsWith("https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&", url);
    }

    [TestMethod]
    public void Presign_EightDays_IsRefused()
    {
        NexusException e = Assert.ThrowsExactly<NexusException>(() =>
            new AwsSigner().Presign("GET", "https", "h", "/", [], TimeSpan.FromDays(8), S3Scope, S3Example, S3ExampleTime)
        );
        Assert.AreSame(AwsDiagnostics.PresignLifetime, e.Diagnostic);
    }

    [TestMethod]
    public void Sign_NextDay_DerivesANewKey()
    {
        var signer = new AwsSigner();
        AwsSignature today = signer.Sign("GET", "h", "/", [], AwsPayloadHash.Empty, S3Scope, S3Example, S3ExampleTime);
        AwsSignature tomorrow = signer.Sign("GET", "h", "/", [], AwsPayloadHash.Empty, S3Scope, S3Example, S3ExampleTime.AddDays(1));
        Assert.IsFalse(today.SigningKey.Span.SequenceEqual(tomorrow.SigningKey.Span));
    }

    [TestMethod]
    public void Sign_SessionToken_IsSentAndSigned()
    {
        List<AwsHeader> headers = [];
        var credentials = new AwsCredentials("AKIDEXAMPLE", "secret", "token==");
        new AwsSigner().Sign(
            "GET",
            "h",
            "/",
            headers,
            AwsPayloadHash.Empty,
            new AwsSigningScope("sqs", "eu-west-1"),
            credentials,
            s_suiteTime
        );
        Assert.AreEqual("token==", headers.Single(h => h.Name == "x-amz-security-token").Value);
        Assert.Contains("x-amz-security-token", headers.Single(h => h.Name == "Authorization").Value);
    }

    [TestMethod]
    public void Credentials_Printed_DoNotShowTheSecret() => Assert.DoesNotContain("wJalr", S3Example.ToString());

    private static AwsSignature SignSuite(List<AwsHeader> headers) =>
        new AwsSigner().Sign(
            "GET",
            "example.amazonaws.com",
            "/",
            headers,
            AwsPayloadHash.Empty,
            new AwsSigningScope("service", "us-east-1"),
            s_suite,
            s_suiteTime
        );

    private static AwsSignature SignS3(string method, string target, List<AwsHeader> headers, string hash) =>
        new AwsSigner().Sign(method, "examplebucket.s3.amazonaws.com", target, headers, hash, S3Scope, S3Example, S3ExampleTime);
}
