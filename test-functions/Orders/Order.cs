using Amazon.DynamoDBv2.DataModel;

namespace Orders;

/// <summary>One order of a customer.</summary>
[DynamoDBTable("orders")]
public class Order
{
    [DynamoDBHashKey]
    public string CustomerId { get; set; } = "";

    [DynamoDBRangeKey]
    public string OrderId { get; set; } = "";

    public string Status { get; set; } = "new";

    public decimal Total { get; set; }

    public List<string>? Items { get; set; }

    public string? Note { get; set; }

    [DynamoDBVersion]
    public int? Version { get; set; }
}
