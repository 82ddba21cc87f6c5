using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;

namespace Faults;

/// <summary>Calls that the services refuse.</summary>
internal static class ServiceFaults
{
    private static readonly AmazonDynamoDBClient s_dynamoDb = new();
    private static readonly AmazonS3Client s_s3 = new();
    private static readonly AmazonSQSClient s_sqs = new();

    public static Task? Call(string kind) =>
        kind switch
        {
            "missingTable" => s_dynamoDb.GetItemAsync("no-such-table", new() { ["id"] = new AttributeValue("1") }),
            "validation" => s_dynamoDb.GetItemAsync("counters", new() { ["wrong"] = new AttributeValue("1") }),
            "condition" => s_dynamoDb.PutItemAsync(
                new PutItemRequest
                {
                    TableName = "counters",
                    Item = new() { ["id"] = new AttributeValue("1") },
                    ConditionExpression = "attribute_exists(id)",
                }
            ),
            "tableExists" => s_dynamoDb.CreateTableAsync(
                new CreateTableRequest
                {
                    TableName = "counters",
                    BillingMode = BillingMode.PAY_PER_REQUEST,
                    KeySchema = [new KeySchemaElement("id", KeyType.HASH)],
                    AttributeDefinitions = [new AttributeDefinition("id", ScalarAttributeType.S)],
                }
            ),
            "missingBucket" => s_s3.GetObjectAsync("no-such-bucket", "key"),
            "missingKey" => s_s3.GetObjectAsync("documents", "no-such-key"),
            "missingHead" => s_s3.GetObjectMetadataAsync("documents", "no-such-key"),
            "missingUpload" => s_s3.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest
                {
                    BucketName = "documents",
                    Key = "key",
                    UploadId = "no-such-upload",
                }
            ),
            "missingQueue" => s_sqs.GetQueueUrlAsync("no-such-queue"),
            "emptyName" => s_dynamoDb.GetItemAsync("", new() { ["id"] = new AttributeValue("1") }),
            "unsetKey" => s_s3.GetObjectAsync("documents", null),
            _ => null,
        };

    public static async Task<FaultDescription> DescribeAsync(Task call)
    {
        try
        {
            await call;
            return new() { Message = "The call succeeded." };
        }
        catch (AmazonServiceException refused)
        {
            return FaultDescription.Of(refused);
        }
        catch (AmazonClientException local)
        {
            return new()
            {
                Type = local.GetType().FullName,
                Message = local.Message,
                Cause = local.InnerException?.GetType().FullName,
            };
        }
    }
}
