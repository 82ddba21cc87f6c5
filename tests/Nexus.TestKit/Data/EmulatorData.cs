using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using Nexus.TestKit.Emulators;

namespace Nexus.TestKit.Data;

/// <summary>Prepares and clears what the emulators hold.</summary>
public sealed class EmulatorData : IDisposable
{
    public EmulatorData(EmulatorSet emulators)
    {
        var credentials = new BasicAWSCredentials("AKIDEMULATORS", "emulators-accept-any-secret");
        DynamoDb = new AmazonDynamoDBClient(
            credentials,
            new AmazonDynamoDBConfig { ServiceURL = emulators.DynamoDb.ToString(), AuthenticationRegion = EmulatorSet.Region }
        );
        S3 = new AmazonS3Client(
            credentials,
            new AmazonS3Config
            {
                ServiceURL = emulators.S3.ToString(),
                AuthenticationRegion = EmulatorSet.Region,
                ForcePathStyle = true,
            }
        );
        Sqs = new AmazonSQSClient(
            credentials,
            new AmazonSQSConfig { ServiceURL = emulators.Sqs.ToString(), AuthenticationRegion = EmulatorSet.Region }
        );
    }

    public AmazonDynamoDBClient DynamoDb { get; }

    public AmazonS3Client S3 { get; }

    public AmazonSQSClient Sqs { get; }

    /// <summary>Creates a table with string keys; keys of the index are a string and a number.</summary>
    public async Task CreateTableAsync(string name, string hashKey, string? rangeKey = null, SecondaryIndex? index = null)
    {
        var request = new CreateTableRequest
        {
            TableName = name,
            BillingMode = BillingMode.PAY_PER_REQUEST,
            KeySchema = [new KeySchemaElement(hashKey, KeyType.HASH)],
            AttributeDefinitions = [new AttributeDefinition(hashKey, ScalarAttributeType.S)],
        };
        if (rangeKey is not null)
        {
            request.KeySchema.Add(new KeySchemaElement(rangeKey, KeyType.RANGE));
            request.AttributeDefinitions.Add(new AttributeDefinition(rangeKey, ScalarAttributeType.S));
        }

        if (index is not null)
        {
            request.AttributeDefinitions.Add(new AttributeDefinition(index.HashKey, ScalarAttributeType.S));
            request.AttributeDefinitions.Add(new AttributeDefinition(index.RangeKey, ScalarAttributeType.N));
            request.GlobalSecondaryIndexes =
            [
                new GlobalSecondaryIndex
                {
                    IndexName = index.Name,
                    KeySchema = [new KeySchemaElement(index.HashKey, KeyType.HASH), new KeySchemaElement(index.RangeKey, KeyType.RANGE)],
                    Projection = new Projection { ProjectionType = ProjectionType.ALL },
                },
            ];
        }

        await DynamoDb.CreateTableAsync(request);
        await WhileAsync(async () => (await DynamoDb.DescribeTableAsync(name)).Table.TableStatus != TableStatus.ACTIVE);
    }

    public Task CreateBucketAsync(string name) => S3.PutBucketAsync(name);

    public Task CreateQueueAsync(string name) => Sqs.CreateQueueAsync(name);

    /// <summary>Removes every table, bucket and queue.</summary>
    public async Task ClearAsync()
    {
        foreach (var table in (await DynamoDb.ListTablesAsync()).TableNames ?? [])
        {
            await DynamoDb.DeleteTableAsync(table);
        }

        await WhileAsync(async () => (await DynamoDb.ListTablesAsync()).TableNames is { Count: > 0 });
        foreach (var bucket in (await S3.ListBucketsAsync()).Buckets ?? [])
        {
            foreach (var item in (await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket.BucketName })).S3Objects ?? [])
            {
                await S3.DeleteObjectAsync(bucket.BucketName, item.Key);
            }

            await S3.DeleteBucketAsync(bucket.BucketName);
        }

        foreach (var queue in (await Sqs.ListQueuesAsync("")).QueueUrls ?? [])
        {
            await Sqs.DeleteQueueAsync(queue);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DynamoDb.Dispose();
        S3.Dispose();
        Sqs.Dispose();
    }

    // The emulator finishes such changes on its next timer tick, after the answer.
    private static async Task WhileAsync(Func<Task<bool>> condition)
    {
        while (await condition())
        {
            await Task.Delay(5);
        }
    }
}
