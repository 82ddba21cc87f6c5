using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Orders;

/// <summary>Orders through DynamoDB's plain item operations.</summary>
internal sealed class OrderStore(IAmazonDynamoDB dynamoDb, string table)
{
    public async Task<OrderResponse> CreateAsync(Order order)
    {
        try
        {
            var put = await dynamoDb.PutItemAsync(
                new PutItemRequest
                {
                    TableName = table,
                    Item = order.ToItem(),
                    ConditionExpression = "attribute_not_exists(OrderId)",
                    ReturnConsumedCapacity = ReturnConsumedCapacity.TOTAL,
                }
            );
            return new()
            {
                Status = 201,
                Order = order,
                LastCall = ServiceCall.From(put),
            };
        }
        catch (ConditionalCheckFailedException conflict)
        {
            return new()
            {
                Status = 409,
                Error = $"{conflict.ErrorCode} {(int)conflict.StatusCode} {conflict.ErrorType}: {conflict.Message}",
            };
        }
    }

    public async Task<OrderResponse> GetAsync(Order key)
    {
        var found = await dynamoDb.GetItemAsync(
            new GetItemRequest
            {
                TableName = table,
                Key = key.Key(),
                ConsistentRead = true,
            }
        );
        return new()
        {
            Status = found.IsItemSet ? 200 : 404,
            Order = found.IsItemSet ? found.Item.ToOrder() : null,
            LastCall = ServiceCall.From(found),
        };
    }

    /// <summary>Changes status and note if nobody changed the order since the version the caller has seen.</summary>
    public async Task<OrderResponse> UpdateAsync(Order order)
    {
        try
        {
            var updated = await dynamoDb.UpdateItemAsync(
                new UpdateItemRequest
                {
                    TableName = table,
                    Key = order.Key(),
                    UpdateExpression = "SET #status = :status, Note = :note ADD Version :one",
                    ConditionExpression = "Version = :seen",
                    ExpressionAttributeNames = new() { ["#status"] = "Status" },
                    ExpressionAttributeValues = new()
                    {
                        [":status"] = new(order.Status),
                        [":note"] = order.Note is null ? new() { NULL = true } : new(order.Note),
                        [":one"] = new() { N = "1" },
                        [":seen"] = new() { N = $"{order.Version}" },
                    },
                    ReturnValues = ReturnValue.ALL_NEW,
                }
            );
            return new()
            {
                Status = 200,
                Order = updated.Attributes.ToOrder(),
                LastCall = ServiceCall.From(updated),
            };
        }
        catch (ConditionalCheckFailedException stale)
        {
            return new() { Status = 409, Error = stale.Message };
        }
    }

    public async Task<OrderResponse> DeleteAsync(Order key)
    {
        var deleted = await dynamoDb.DeleteItemAsync(
            new DeleteItemRequest
            {
                TableName = table,
                Key = key.Key(),
                ReturnValues = ReturnValue.ALL_OLD,
            }
        );
        return new()
        {
            Status = deleted.Attributes is { Count: > 0 } ? 200 : 404,
            Order = deleted.Attributes is { Count: > 0 } ? deleted.Attributes.ToOrder() : null,
            LastCall = ServiceCall.From(deleted),
        };
    }
}
