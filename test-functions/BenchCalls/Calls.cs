using System.Diagnostics;
using System.Runtime;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.S3;
using Amazon.S3.Model;

namespace BenchCalls;

/// <summary>The four calls: an item of 1 KB, an object of 1 MiB.</summary>
public class Calls
{
    private const string Table = "bench-items";
    private const string Bucket = "bench-objects";
    private const int ObjectBytes = 1024 * 1024;
    private static readonly string Text = new('x', 1000);

    // Made on first use: a function that needs one service does not pay for the other.
    private readonly Lazy<AmazonDynamoDBClient> _dynamoDb = new(() => new AmazonDynamoDBClient());
    private readonly Lazy<AmazonS3Client> _s3 = new(() => new AmazonS3Client());
    private readonly Lazy<byte[]> _content = new(() => new byte[ObjectBytes]);
    private readonly Lazy<byte[]> _buffer = new(() => new byte[64 * 1024]);

    /// <summary>Makes the DynamoDB client ahead of its first use.</summary>
    public void MakeClient() => _ = _dynamoDb.Value;

    public async Task<CallFigures> RunAsync(CallRequest request)
    {
        if (request.Operation == "collect")
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return new CallFigures(0, 0, 0);
        }

        var microseconds = new double[request.Count];
        for (var i = 0; i < microseconds.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await CallAsync(request.Operation);
            microseconds[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        Array.Sort(microseconds);
        return microseconds.Length == 0
            ? new CallFigures(0, 0, 0)
            : new CallFigures(microseconds.Length, microseconds[microseconds.Length / 2], microseconds[microseconds.Length * 99 / 100]);
    }

    private Task CallAsync(string operation) =>
        operation switch
        {
            "get-item" => GetItemAsync(),
            "put-item" => PutItemAsync(),
            "get-object" => GetObjectAsync(),
            "put-object" => PutObjectAsync(),
            "nothing" => Task.CompletedTask,
            _ => throw new ArgumentException($"unknown operation '{operation}'"),
        };

    private async Task GetItemAsync()
    {
        var answer = await _dynamoDb.Value.GetItemAsync(Table, new() { ["id"] = new AttributeValue("item") });
        if (answer.Item["text"].S.Length != Text.Length)
        {
            throw new InvalidDataException("the item is not the one that was put");
        }
    }

    private Task PutItemAsync() =>
        _dynamoDb.Value.PutItemAsync(Table, new() { ["id"] = new AttributeValue("item"), ["text"] = new AttributeValue(Text) });

    private async Task GetObjectAsync()
    {
        using var answer = await _s3.Value.GetObjectAsync(Bucket, "object");
        var total = 0;
        for (int read; (read = await answer.ResponseStream.ReadAsync(_buffer.Value)) > 0; )
        {
            total += read;
        }

        if (total != ObjectBytes)
        {
            throw new InvalidDataException($"{total} bytes instead of {ObjectBytes}");
        }
    }

    private Task PutObjectAsync() =>
        _s3.Value.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = Bucket,
                Key = "object",
                InputStream = new MemoryStream(_content.Value, writable: false),
            }
        );
}
