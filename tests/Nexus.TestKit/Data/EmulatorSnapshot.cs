using System.Security.Cryptography;
using System.Text;
using Amazon.DynamoDBv2.DocumentModel;
using Amazon.DynamoDBv2.Model;
using Amazon.S3.Model;
using Amazon.SQS.Model;

namespace Nexus.TestKit.Data;

/// <summary>Everything the emulators hold as sorted text, one line per item, object and message.</summary>
public static class EmulatorSnapshot
{
    /// <summary>Reads the state; messages are taken off their queues.</summary>
    public static async Task<string> TakeAsync(EmulatorData data)
    {
        var lines = new List<string>();
        await AddItemsAsync(data, lines);
        await AddObjectsAsync(data, lines);
        await AddMessagesAsync(data, lines);
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static async Task AddItemsAsync(EmulatorData data, List<string> lines)
    {
        foreach (var table in (await data.DynamoDb.ListTablesAsync()).TableNames ?? [])
        {
            await foreach (var page in data.DynamoDb.Paginators.Scan(new ScanRequest(table)).Responses)
            {
                lines.AddRange(page.Items.Select(item => $"table {table}: {Sorted(item)}"));
            }
        }
    }

    private static string Sorted(Dictionary<string, AttributeValue> item) =>
        string.Join(
            ", ",
            item.OrderBy(field => field.Key, StringComparer.Ordinal)
                .Select(field => Document.FromAttributeMap(new() { [field.Key] = field.Value }).ToJson())
        );

    private static async Task AddObjectsAsync(EmulatorData data, List<string> lines)
    {
        foreach (var bucket in (await data.S3.ListBucketsAsync()).Buckets ?? [])
        {
            await foreach (
                var page in data.S3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket.BucketName }).Responses
            )
            {
                foreach (var item in page.S3Objects ?? [])
                {
                    lines.Add(await DescribeAsync(data, bucket.BucketName, item.Key));
                }
            }
        }
    }

    private static async Task<string> DescribeAsync(EmulatorData data, string bucket, string key)
    {
        using var stored = await data.S3.GetObjectAsync(bucket, key);
        var hash = Convert.ToHexString(await SHA256.HashDataAsync(stored.ResponseStream));
        var line = new StringBuilder(
            $"bucket {bucket}: {key} {stored.ContentLength} {stored.Headers.ContentType} {stored.Headers.ContentEncoding} {stored.ETag} {hash}"
        );
        foreach (var name in stored.Metadata.Keys.Order(StringComparer.Ordinal))
        {
            line.Append(' ').Append(name).Append('=').Append(stored.Metadata[name]);
        }

        return line.ToString();
    }

    private static async Task AddMessagesAsync(EmulatorData data, List<string> lines)
    {
        foreach (var queue in (await data.Sqs.ListQueuesAsync("")).QueueUrls ?? [])
        {
            while (true)
            {
                var received = await data.Sqs.ReceiveMessageAsync(
                    new ReceiveMessageRequest(queue) { MaxNumberOfMessages = 10, MessageAttributeNames = ["All"] }
                );
                if (received.Messages is not { Count: > 0 } messages)
                {
                    break;
                }

                foreach (var message in messages)
                {
                    var attributes = (message.MessageAttributes ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal);
                    lines.Add(
                        $"queue {queue[(queue.LastIndexOf('/') + 1)..]}: {message.Body} {string.Join(' ', attributes.Select(pair => $"{pair.Key}={pair.Value.StringValue}"))}"
                    );
                }
            }
        }
    }
}
