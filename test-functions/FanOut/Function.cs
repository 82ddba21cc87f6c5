using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Lambda.Core;
using Amazon.SQS;
using Amazon.SQS.Model;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace FanOut;

/// <summary>Many calls at once, and calls that are given up.</summary>
public class Function
{
    private readonly AmazonDynamoDBClient _dynamoDb = new();
    private readonly AmazonSQSClient _sqs = new();
    private readonly string _table = Environment.GetEnvironmentVariable("TABLE_NAME") ?? "counters";
    private readonly string _queue = Environment.GetEnvironmentVariable("QUEUE_NAME") ?? "empty";

    public async Task<Dictionary<string, string>> FunctionHandler(FanOutRequest request, ILambdaContext context) =>
        request.Operation switch
        {
            "many" => await ManyAsync(request.Calls),
            "cancelled" => await DescribeAsync(() => GetAsync(0, new CancellationToken(canceled: true))),
            "cancelInFlight" => await DescribeAsync(CancelInFlightAsync, withCause: false),
            "clientTimeout" => await DescribeAsync(ClientTimeoutAsync),
            _ => throw new ArgumentException($"There is no operation \"{request.Operation}\"."),
        };

    private async Task<Dictionary<string, string>> ManyAsync(int calls)
    {
        await Task.WhenAll(Enumerable.Range(0, calls).Select(PutAsync));
        var found = await Task.WhenAll(Enumerable.Range(0, calls).Select(number => GetAsync(number, CancellationToken.None)));
        var values = found.Select(answer => int.Parse(answer.Item["value"].N, CultureInfo.InvariantCulture)).ToList();
        return new()
        {
            ["sum"] = values.Sum().ToString(CultureInfo.InvariantCulture),
            ["inOrder"] = values.SequenceEqual(values.Order()).ToString(),
            ["distinctRequestIds"] = found
                .Select(answer => answer.ResponseMetadata.RequestId)
                .Distinct()
                .Count()
                .ToString(CultureInfo.InvariantCulture),
        };
    }

    private Task PutAsync(int number) =>
        _dynamoDb.PutItemAsync(
            _table,
            new()
            {
                ["id"] = new AttributeValue($"item{number:000}"),
                ["value"] = new AttributeValue { N = number.ToString(CultureInfo.InvariantCulture) },
            }
        );

    private Task<GetItemResponse> GetAsync(int number, CancellationToken cancellation) =>
        _dynamoDb.GetItemAsync(_table, new() { ["id"] = new AttributeValue($"item{number:000}") }, cancellation);

    private async Task CancelInFlightAsync()
    {
        var queue = await _sqs.GetQueueUrlAsync(_queue);
        // The first call of a kind takes long; given up before it is sent, it would not be one in flight.
        await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(queue.QueueUrl));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest(queue.QueueUrl) { WaitTimeSeconds = 20 }, patience.Token);
    }

    private async Task ClientTimeoutAsync()
    {
        using var hasty = new AmazonSQSClient(new AmazonSQSConfig { Timeout = TimeSpan.FromMilliseconds(300), MaxErrorRetry = 0 });
        var queue = await _sqs.GetQueueUrlAsync(_queue);
        await hasty.ReceiveMessageAsync(new ReceiveMessageRequest(queue.QueueUrl) { WaitTimeSeconds = 20 });
    }

    // What lies beneath a cancellation in flight differs from run to run, by who hears of it first.
    private static async Task<Dictionary<string, string>> DescribeAsync(Func<Task> call, bool withCause = true)
    {
        try
        {
            await call();
            return new() { ["outcome"] = "completed" };
        }
        catch (OperationCanceledException given)
        {
            return new()
            {
                ["outcome"] = "given up",
                ["type"] = given.GetType().Name,
                ["message"] = given.Message,
                ["cause"] = withCause ? given.InnerException?.GetType().Name ?? "none" : "not looked at",
            };
        }
        catch (Exception failed)
        {
            return new() { ["outcome"] = "failed", ["type"] = failed.GetType().Name };
        }
    }
}
