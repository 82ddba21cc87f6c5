using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace HelloAll;

/// <summary>Greets a visitor: counts the visit in DynamoDB, keeps the greeting in S3 and announces it on SQS.</summary>
public class Function
{
    private readonly AmazonDynamoDBClient _dynamoDb = new();
    private readonly AmazonS3Client _s3 = new();
    private readonly AmazonSQSClient _sqs = new();
    private readonly string _table = Environment.GetEnvironmentVariable("TABLE_NAME") ?? "visits";
    private readonly string _bucket = Environment.GetEnvironmentVariable("BUCKET_NAME") ?? "greetings";
    private readonly string _queue = Environment.GetEnvironmentVariable("QUEUE_NAME") ?? "announcements";

    public async Task<Greeting> FunctionHandler(Visitor visitor, ILambdaContext context)
    {
        context.Logger.LogLine($"Greeting {visitor.Name} from .NET {Environment.Version.Major}");
        var visits = await CountVisitAsync(visitor.Name);
        var text = $"Hello {visitor.Name}, this is visit {visits}.";

        var key = $"{visitor.Name}/{visits}.txt";
        var put = await _s3.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = _bucket,
                Key = key,
                ContentBody = text,
                ContentType = "text/plain",
            }
        );
        using var stored = await _s3.GetObjectAsync(_bucket, key);
        using var reader = new StreamReader(stored.ResponseStream);
        var readBack = await reader.ReadToEndAsync();

        var queue = await _sqs.GetQueueUrlAsync(_queue);
        var sent = await _sqs.SendMessageAsync(queue.QueueUrl, readBack);
        context.Logger.LogLine($"Announced visit {visits}");
        return new Greeting(readBack, visits, put.ETag, stored.ContentLength, sent.MD5OfMessageBody);
    }

    private async Task<int> CountVisitAsync(string name)
    {
        var counted = await _dynamoDb.UpdateItemAsync(
            new UpdateItemRequest
            {
                TableName = _table,
                Key = new() { ["name"] = new AttributeValue(name) },
                UpdateExpression = "ADD visits :one",
                ExpressionAttributeValues = new() { [":one"] = new AttributeValue { N = "1" } },
                ReturnValues = ReturnValue.UPDATED_NEW,
            }
        );
        return int.Parse(counted.Attributes["visits"].N, CultureInfo.InvariantCulture);
    }
}
