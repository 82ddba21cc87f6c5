using Amazon.S3.Model;
using Nexus.TestKit.Data;

namespace Nexus.Differential.Tests.Cases;

internal static class ObjectCases
{
    public static IReadOnlyList<DifferentialCase> List { get; } =
    [
        Case("transform", "HELLO, OBJECT", """{"operation":"transform","key":"in/hello.txt","target":"out/hello.txt"}"""),
        Case(
            "transform, awkward key",
            "\"httpStatus\": 200",
            """{"operation":"transform","key":"in/hello.txt","target":"out/ä b+c&d=e (1).txt"}"""
        ),
        Case("range", "llo,", """{"operation":"range","key":"in/hello.txt"}"""),
        Case("head", "\"contentLength\": 13", """{"operation":"head","key":"in/hello.txt"}"""),
        Case("head missing", "AmazonS3Exception", """{"operation":"head","key":"in/none.txt"}"""),
        Case("missing key", "NoSuchKey", """{"operation":"missing","key":"in/none.txt"}"""),
        Case("client events", "NotFound", """{"operation":"events","key":"in/hello.txt"}"""),
        Case(
            "transfer utility, single part",
            "\"contentLength\": 100000",
            """{"operation":"upload","key":"out/small.bin","size":100000}"""
        ),
        Case(
            "transfer utility, multipart",
            "\"contentLength\": 11534336",
            """{"operation":"upload","key":"out/large.bin","size":11534336}"""
        ),
        Case("multipart by hand", "\"httpStatus\": 200", """{"operation":"multipart","key":"out/parts.bin","size":6000000}"""),
        Case("stream 8 MiB", "\"contentLength\": 8388608", """{"operation":"stream","key":"out/stream.bin","size":8388608}"""),
        Case("stream nothing", "\"contentLength\": 0", """{"operation":"stream","key":"out/empty.bin","size":0}"""),
        Case("list in pages", "page of 2", """{"operation":"list","key":"in/"}"""),
        Case("list nothing", "page of 0", """{"operation":"list","key":"nowhere/"}"""),
        Case("copy", "\"httpStatus\": 200", """{"operation":"copy","key":"in/hello.txt","target":"in/copy.txt"}"""),
        Case("copy missing", "AmazonS3Exception", """{"operation":"copy","key":"in/none.txt","target":"in/copy.txt"}"""),
        Case("delete many", "in/2.txt", """{"operation":"deleteMany","keys":["in/1.txt","in/2.txt","in/none.txt"]}"""),
    ];

    private static DifferentialCase Case(string name, string expect, params string[] events) =>
        new($"objects: {name}", "ObjectTransformer", expect, events) { Prepare = FillAsync };

    private static async Task FillAsync(EmulatorData data)
    {
        var hello = new PutObjectRequest
        {
            BucketName = "documents",
            Key = "in/hello.txt",
            ContentBody = "Hello, object",
            ContentType = "text/plain; charset=utf-8",
        };
        hello.Metadata["owner"] = "tests";
        await data.S3.PutObjectAsync(hello);
        for (var number = 1; number <= 4; number++)
        {
            await data.S3.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = "documents",
                    Key = $"in/{number}.txt",
                    ContentBody = new string('x', number),
                }
            );
        }
    }
}
