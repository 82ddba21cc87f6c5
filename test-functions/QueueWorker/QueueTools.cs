using System.Globalization;
using Amazon.Lambda.Core;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace QueueWorker;

/// <summary>Sends a batch to a queue and drains it again.</summary>
public class QueueTools
{
    private readonly AmazonSQSClient _sqs = new();

    public async Task<Dictionary<string, string>> RoundTrip(string queueName, ILambdaContext context)
    {
        var queue = (await _sqs.GetQueueUrlAsync(queueName)).QueueUrl;
        var sent = await _sqs.SendMessageBatchAsync(
            queue,
            [.. Enumerable.Range(0, 5).Select(number => new SendMessageBatchRequestEntry($"entry{number}", $"message {number} äöü"))]
        );
        var attributes = await _sqs.GetQueueAttributesAsync(queue, ["ApproximateNumberOfMessages"]);

        var bodies = new SortedSet<string>(StringComparer.Ordinal);
        while (bodies.Count < 5)
        {
            var received = await _sqs.ReceiveMessageAsync(
                new ReceiveMessageRequest(queue)
                {
                    MaxNumberOfMessages = 10,
                    WaitTimeSeconds = 1,
                    MessageSystemAttributeNames = ["All"],
                }
            );
            foreach (var message in received.Messages ?? [])
            {
                bodies.Add($"{message.Body} {message.MD5OfBody} received {message.Attributes["ApproximateReceiveCount"]}");
                await _sqs.DeleteMessageAsync(queue, message.ReceiptHandle);
            }
        }

        context.Logger.LogLine($"drained {bodies.Count}");
        return new()
        {
            ["httpStatus"] = sent.HttpStatusCode.ToString(),
            ["successful"] = sent.Successful.Count.ToString(CultureInfo.InvariantCulture),
            ["failed"] = (sent.Failed?.Count ?? 0).ToString(CultureInfo.InvariantCulture),
            ["queued"] = attributes.ApproximateNumberOfMessages.ToString(CultureInfo.InvariantCulture),
            ["bodies"] = string.Join("; ", bodies),
            ["requestId"] = sent.ResponseMetadata.RequestId,
        };
    }
}
