using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Orders;

/// <summary>Many orders at once: queries, pages and batches.</summary>
internal sealed class OrderLists(IAmazonDynamoDB dynamoDb, string table)
{
    public async Task<OrderResponse> OfCustomerAsync(string customerId, int pageSize)
    {
        var pages = dynamoDb.Paginators.Query(
            new QueryRequest
            {
                TableName = table,
                KeyConditionExpression = "CustomerId = :customer",
                ExpressionAttributeValues = new() { [":customer"] = new(customerId) },
                Limit = pageSize,
            }
        );
        var response = new OrderResponse
        {
            Status = 200,
            Orders = [],
            Pages = [],
        };
        await foreach (var page in pages.Responses)
        {
            response.Pages.Add(page.Count ?? 0);
            response.Orders.AddRange(page.Items.Select(item => item.ToOrder()));
            response.LastCall = ServiceCall.From(page);
        }

        return response;
    }

    public async Task<OrderResponse> WithStatusAsync(string status)
    {
        var found = await dynamoDb.QueryAsync(
            new QueryRequest
            {
                TableName = table,
                IndexName = "byStatus",
                KeyConditionExpression = "#status = :status AND #total >= :least",
                ExpressionAttributeNames = new() { ["#status"] = "Status", ["#total"] = "Total" },
                ExpressionAttributeValues = new()
                {
                    [":status"] = new(status),
                    [":least"] = new() { N = "1" },
                },
                ScanIndexForward = false,
            }
        );
        return new()
        {
            Status = 200,
            Orders = [.. found.Items.Select(item => item.ToOrder())],
            LastCall = ServiceCall.From(found),
        };
    }

    public async Task<OrderResponse> ImportAsync(List<Order> orders)
    {
        foreach (var chunk in orders.Chunk(25))
        {
            var left = new Dictionary<string, List<WriteRequest>>
            {
                [table] = [.. chunk.Select(order => new WriteRequest(new PutRequest(order.ToItem())))],
            };
            while (left is { Count: > 0 })
            {
                left = (await dynamoDb.BatchWriteItemAsync(left)).UnprocessedItems;
            }
        }

        return new() { Status = 201, Pages = [orders.Count] };
    }

    public async Task<OrderResponse> TotalAsync(List<Order> keys)
    {
        var found = await dynamoDb.BatchGetItemAsync(
            new BatchGetItemRequest
            {
                RequestItems = new()
                {
                    [table] = new()
                    {
                        Keys = [.. keys.Select(key => key.Key())],
                        ProjectionExpression = "CustomerId, OrderId, #status, #total, Version",
                        ExpressionAttributeNames = new() { ["#status"] = "Status", ["#total"] = "Total" },
                    },
                },
            }
        );
        var orders = found.Responses[table].Select(item => item.ToOrder()).OrderBy(order => order.OrderId, StringComparer.Ordinal).ToList();
        return new()
        {
            Status = 200,
            Orders = orders,
            Order = new() { Total = orders.Sum(order => order.Total) },
        };
    }

    public async Task<OrderResponse> ScanAsync(int pageSize)
    {
        var expensive = new List<Order>();
        var pages = dynamoDb.Paginators.Scan(
            new ScanRequest
            {
                TableName = table,
                Limit = pageSize,
                FilterExpression = "#total > :limit",
                ExpressionAttributeNames = new() { ["#total"] = "Total" },
                ExpressionAttributeValues = new() { [":limit"] = new() { N = "50" } },
            }
        );
        await foreach (var page in pages.Responses)
        {
            expensive.AddRange(page.Items.Select(item => item.ToOrder()));
        }

        return new() { Status = 200, Orders = [.. expensive.OrderBy(order => order.OrderId, StringComparer.Ordinal)] };
    }
}
