using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.DataModel;
using Amazon.DynamoDBv2.DocumentModel;
using Amazon.DynamoDBv2.Model;

namespace Orders;

/// <summary>Orders through the SDK's document and object persistence models.</summary>
internal sealed class OrderModels(IAmazonDynamoDB dynamoDb, string table)
{
    private readonly ITable _documents = new TableBuilder(dynamoDb, table)
        .AddHashKey("CustomerId", DynamoDBEntryType.String)
        .AddRangeKey("OrderId", DynamoDBEntryType.String)
        .Build();

    private readonly DynamoDBContext _objects = new DynamoDBContextBuilder().WithDynamoDBClient(() => dynamoDb).Build();

    public async Task<OrderResponse> RoundTripDocumentAsync(Order order)
    {
        var document = new Document
        {
            ["CustomerId"] = order.CustomerId,
            ["OrderId"] = order.OrderId,
            ["Status"] = order.Status,
            ["Total"] = order.Total,
            ["Address"] = new Document { ["City"] = "Aachen", ["Zip"] = "52062" },
            ["Tags"] = new PrimitiveList { Entries = [new Primitive("a"), new Primitive("b")] },
        };
        await _documents.PutItemAsync(document);
        var stored = await _documents.GetItemAsync(order.CustomerId, order.OrderId);
        stored["Status"] = "confirmed";
        await _documents.UpdateItemAsync(stored);

        var search = _documents.Query(order.CustomerId, new QueryFilter("OrderId", QueryOperator.BeginsWith, order.OrderId[..1]));
        var found = await search.GetRemainingAsync();
        return new()
        {
            Status = 200,
            Pages = [search.Count, found.Count],
            Error = found[0].ToJson(),
        };
    }

    public async Task<OrderResponse> RoundTripObjectAsync(Order order)
    {
        await _objects.SaveAsync(order);
        var loaded = await _objects.LoadAsync<Order>(order.CustomerId, order.OrderId);
        var stale = await _objects.LoadAsync<Order>(order.CustomerId, order.OrderId);
        loaded.Status = "packed";
        await _objects.SaveAsync(loaded);

        string? error = null;
        try
        {
            await _objects.SaveAsync(stale);
        }
        catch (ConditionalCheckFailedException conflict)
        {
            error = $"{conflict.ErrorCode}: {conflict.Message}";
        }

        var all = await _objects.QueryAsync<Order>(order.CustomerId).GetRemainingAsync();
        return new()
        {
            Status = 200,
            Order = loaded,
            Orders = all,
            Error = error,
        };
    }
}
