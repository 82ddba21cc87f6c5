using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;

namespace Probe;

/// <summary>Stores and reads back values that follow from the request, and remembers how long its calls took.</summary>
public class Work
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);
    private readonly AmazonDynamoDBClient _dynamoDb = new(new AmazonDynamoDBConfig { Timeout = s_timeout });
    private readonly AmazonS3Client _s3 = new(new AmazonS3Config { Timeout = s_timeout, ForcePathStyle = true });
    private string? _process;
    private double _worstOverrunMs = -s_timeout.TotalMilliseconds;
    private int _calls;
    private int _failed;
    private int _corruptions;

    public async Task<WorkAnswer> FunctionHandler(WorkRequest request, ILambdaContext context)
    {
        var value = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(request.Id)));
        await TimeAsync(() => _dynamoDb.PutItemAsync("items", new() { ["id"] = new(request.Id), ["value"] = new(value) }));
        var got = await TimeAsync(() => _dynamoDb.GetItemAsync("items", new() { ["id"] = new(request.Id) }, consistentRead: true));
        var item = got.Item["value"].S;

        var content = Content(request);
        await TimeAsync(() =>
            _s3.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = "objects",
                    Key = request.Id,
                    InputStream = new MemoryStream(content),
                }
            )
        );
        using var response = await TimeAsync(() => _s3.GetObjectAsync("objects", request.Id));
        var stored = await ReadAsync(response.ResponseStream, context.RemainingTime);
        if (item != value || !stored.AsSpan().SequenceEqual(content))
        {
            _corruptions++;
        }

        return new()
        {
            Id = request.Id,
            Item = item,
            Hash = Convert.ToHexString(SHA256.HashData(stored)),
            // Not in the constructor: what that has made, clones of a machine share.
            Process = _process ??=
                $"{Environment.ProcessId}-{Guid.NewGuid()}",
            WorstOverrunMs = _worstOverrunMs,
            Calls = _calls,
            FailedCalls = _failed,
            Corruptions = _corruptions,
        };
    }

    /// <summary>A body may be read for as long as the invocation lasts; a client's timeout ends with the response's head.</summary>
    private async Task<byte[]> ReadAsync(Stream body, TimeSpan remaining)
    {
        var copy = new MemoryStream();
        await TimeAsync(
            async () =>
            {
                await body.CopyToAsync(copy);
                return true;
            },
            remaining
        );
        return copy.ToArray();
    }

    private async Task<T> TimeAsync<T>(Func<Task<T>> call, TimeSpan? allowed = null)
    {
        var started = Stopwatch.GetTimestamp();
        _calls++;
        try
        {
            return await call();
        }
        catch
        {
            _failed++;
            throw;
        }
        finally
        {
            _worstOverrunMs = Math.Max(_worstOverrunMs, (Stopwatch.GetElapsedTime(started) - (allowed ?? s_timeout)).TotalMilliseconds);
        }
    }

    private static byte[] Content(WorkRequest request)
    {
        var content = new byte[request.Bytes];
        new Random(request.Id.Aggregate(17, (sum, character) => unchecked((sum * 31) + character))).NextBytes(content);
        return content;
    }
}
