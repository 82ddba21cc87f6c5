using System.Text;
using Nexus.Diagnostics;

namespace Nexus.Backend.Aws.Tests;

[TestClass]
public sealed class AwsChecksumsTests
{
    /// <summary>The check values of the algorithms' catalogues over "123456789".</summary>
    [TestMethod]
    [DataRow("CRC32", "cbf43926")]
    [DataRow("CRC32C", "e3069283")]
    [DataRow("CRC64NVME", "ae8b14860a799888")]
    [DataRow("SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441")]
    [DataRow("SHA256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225")]
    public void ToBase64_CheckInput_GivesTheCatalogueValue(string name, string hex)
    {
        using var checksum = new AwsChecksums(AwsChecksums.Parse(name));
        checksum.Append("1234"u8);
        checksum.Append("56789"u8);
        string value = checksum.ToBase64();
        Assert.AreEqual(hex, Convert.ToHexStringLower(Convert.FromBase64String(value)));
        Assert.AreEqual(AwsChecksums.Base64Length(checksum.Algorithm), value.Length);
    }

    [TestMethod]
    public void ContentMd5_Text_MatchesTheRfcValue() =>
        Assert.AreEqual(
            "900150983cd24fb0d6963f7d28e17f72",
            Convert.ToHexStringLower(Convert.FromBase64String(AwsChecksums.ContentMd5("abc"u8)))
        );

    [TestMethod]
    public void Parse_UnknownName_IsRefused() =>
        Assert.AreEqual("NEXUS0417", Assert.ThrowsExactly<NexusException>(() => AwsChecksums.Parse("XXHASH64")).Diagnostic.Id);

    /// <summary>The S3 documentation's worked examples: 65 KiB of 'a' in chunks of 64 KiB.</summary>
    [TestMethod]
    public async Task ChunkedBody_DocumentedUpload_MatchesEverySignature()
    {
        AwsSignature seed = Seed("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
        string text = await FrameAsync(AwsChecksumAlgorithm.None, seed);
        Assert.StartsWith("10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\naaa", text);
        Assert.Contains("\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\naaa", text);
        Assert.EndsWith("\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n", text);
    }

    [TestMethod]
    public async Task ChunkedBody_DocumentedTrailer_MatchesEverySignature()
    {
        AwsSignature seed = Seed("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e");
        string text = await FrameAsync(AwsChecksumAlgorithm.Crc32C, seed);
        Assert.Contains("chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n", text);
        Assert.EndsWith(
            "\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
                + "x-amz-checksum-crc32c:sOO8/Q==\r\n"
                + "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
            text
        );
    }

    [TestMethod]
    [DataRow(0, "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n")]
    [DataRow(3, "3\r\naaa\r\n0\r\nx-amz-checksum-crc32:8AdyIQ==\r\n\r\n")]
    public async Task ChunkedBody_Unsigned_IsOneChunkAndATrailer(int size, string expected)
    {
        var body = new AwsChunkedBody(new PieceBody(new string('a', size), 2, size), AwsChecksumAlgorithm.Crc32, null);
        var written = new MemoryStream();
        await body.WriteToAsync(written, CancellationToken.None);
        Assert.AreEqual(written.Length, body.Length);
        string text = Encoding.ASCII.GetString(written.ToArray());
        if (size == 3)
        {
            using var crc = new AwsChecksums(AwsChecksumAlgorithm.Crc32);
            crc.Append("aaa"u8);
            expected = expected.Replace("8AdyIQ==", crc.ToBase64(), StringComparison.Ordinal);
        }
        Assert.AreEqual(expected, text);
    }

    [TestMethod]
    [DataRow(10)]
    [DataRow(12)]
    public async Task ChunkedBody_OtherLengthThanAnnounced_IsRefused(int announced)
    {
        var body = new AwsChunkedBody(new PieceBody(new string('a', 11), 4, announced), AwsChecksumAlgorithm.Crc32, null);
        NexusException e = await Assert.ThrowsExactlyAsync<NexusException>(async () =>
            await body.WriteToAsync(new MemoryStream(), CancellationToken.None)
        );
        Assert.AreSame(AwsDiagnostics.BodyLengthMismatch, e.Diagnostic);
    }

    [TestMethod]
    public void Diagnostics_All_HaveDistinctIdsOfTheAreaAndAreComplete()
    {
        string[] ids = [.. AwsDiagnostics.All.Select(d => d.Id)];
        CollectionAssert.AllItemsAreUnique(ids);
        Assert.IsTrue(ids.All(id => string.CompareOrdinal(id, "NEXUS0400") >= 0 && string.CompareOrdinal(id, "NEXUS0449") <= 0));
        Assert.AreEqual(typeof(AwsDiagnostics).GetFields().Length, ids.Length);
    }

    private static async Task<string> FrameAsync(AwsChecksumAlgorithm checksum, AwsSignature seed)
    {
        var body = new AwsChunkedBody(new PieceBody(new string('a', 66560), 5000, 66560), checksum, seed);
        var written = new MemoryStream();
        await body.WriteToAsync(written, CancellationToken.None);
        Assert.AreEqual(written.Length, body.Length);
        return Encoding.ASCII.GetString(written.ToArray());
    }

    private static AwsSignature Seed(string signature)
    {
        AwsSignature any = new AwsSigner().Sign(
            "PUT",
            "s3.amazonaws.com",
            "/",
            [],
            AwsPayloadHash.Empty,
            AwsSignerTests.S3Scope,
            AwsSignerTests.S3Example,
            AwsSignerTests.S3ExampleTime
        );
        return any with { Signature = signature };
    }
}
