using Amazon.DynamoDBv2;
using Amazon.Lambda.Core;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace Orders;

/// <summary>An orders API on one DynamoDB table.</summary>
public class Function
{
    private readonly OrderStore _store;
    private readonly OrderLists _lists;
    private readonly OrderModels _models;

    public Function()
        : this(new AmazonDynamoDBClient(), Environment.GetEnvironmentVariable("ORDERS_TABLE") ?? "orders") { }

    public Function(IAmazonDynamoDB dynamoDb, string table)
    {
        _store = new OrderStore(dynamoDb, table);
        _lists = new OrderLists(dynamoDb, table);
        _models = new OrderModels(dynamoDb, table);
    }

    public async Task<OrderResponse> FunctionHandler(OrderRequest request, ILambdaContext context)
    {
        context.Logger.LogLine($"{request.Operation} {request.Order?.CustomerId}/{request.Order?.OrderId}");
        return request.Operation switch
        {
            "create" => await _store.CreateAsync(request.Order!),
            "get" => await _store.GetAsync(request.Order!),
            "update" => await _store.UpdateAsync(request.Order!),
            "delete" => await _store.DeleteAsync(request.Order!),
            "list" => await _lists.OfCustomerAsync(request.Order!.CustomerId, request.PageSize),
            "byStatus" => await _lists.WithStatusAsync(request.Order!.Status),
            "import" => await _lists.ImportAsync(request.Orders!),
            "total" => await _lists.TotalAsync(request.Orders!),
            "scan" => await _lists.ScanAsync(request.PageSize),
            "document" => await _models.RoundTripDocumentAsync(request.Order!),
            "model" => await _models.RoundTripObjectAsync(request.Order!),
            _ => throw new ArgumentException($"There is no operation \"{request.Operation}\"."),
        };
    }
}
