using System.Text.Json;
using Amazon.Lambda.Core;
using Amazon.Lambda.SQSEvents;
using Amazon.SQS;
using Amazon.SQS.Model;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace QueueWorker;

/// <summary>Processes jobs from a queue, announces each and reports those that must be delivered again.</summary>
public class Function
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);
    private readonly AmazonSQSClient _sqs = new();
    private readonly string _results = Environment.GetEnvironmentVariable("RESULTS_QUEUE") ?? "results";

    public async Task<SQSBatchResponse> FunctionHandler(SQSEvent batch, ILambdaContext context)
    {
        var failures = new List<SQSBatchResponse.BatchItemFailure>();
        var queue = await _sqs.GetQueueUrlAsync(_results);
        foreach (var message in batch.Records)
        {
            try
            {
                await ProcessAsync(message, queue.QueueUrl);
                context.Logger.LogLine($"done {message.MessageId}");
            }
            catch (Exception failure)
            {
                context.Logger.LogLine($"failed {message.MessageId}: {failure.GetType().Name}: {failure.Message}");
                failures.Add(new() { ItemIdentifier = message.MessageId });
            }
        }

        return new SQSBatchResponse(failures);
    }

    private async Task ProcessAsync(SQSEvent.SQSMessage message, string queueUrl)
    {
        var job = JsonSerializer.Deserialize<Job>(message.Body, s_options)!;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(job.Quantity);
        await _sqs.SendMessageAsync(
            new SendMessageRequest(queueUrl, JsonSerializer.Serialize(job with { Quantity = job.Quantity * 2 }, s_options))
            {
                MessageAttributes = new()
                {
                    ["job"] = new MessageAttributeValue { DataType = "String", StringValue = job.Id },
                },
            }
        );
    }
}
