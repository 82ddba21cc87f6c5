using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace Orders;

/// <summary>Orders as DynamoDB items.</summary>
internal static class OrderMapping
{
    public static Dictionary<string, AttributeValue> Key(this Order order) =>
        new() { ["CustomerId"] = new(order.CustomerId), ["OrderId"] = new(order.OrderId) };

    public static Dictionary<string, AttributeValue> ToItem(this Order order)
    {
        var item = order.Key();
        item["Status"] = new(order.Status);
        item["Total"] = new() { N = order.Total.ToString(CultureInfo.InvariantCulture) };
        item["Version"] = new() { N = (order.Version ?? 0).ToString(CultureInfo.InvariantCulture) };
        if (order.Items is { Count: > 0 })
        {
            item["Items"] = new() { L = [.. order.Items.Select(line => new AttributeValue(line))] };
        }

        if (order.Note is not null)
        {
            item["Note"] = new(order.Note);
        }

        return item;
    }

    public static Order ToOrder(this Dictionary<string, AttributeValue> item) =>
        new()
        {
            CustomerId = item["CustomerId"].S,
            OrderId = item["OrderId"].S,
            Status = item["Status"].S,
            Total = decimal.Parse(item["Total"].N, CultureInfo.InvariantCulture),
            Version = int.Parse(item["Version"].N, CultureInfo.InvariantCulture),
            Items = item.TryGetValue("Items", out var lines) ? [.. lines.L.Select(line => line.S)] : null,
            Note = item.TryGetValue("Note", out var note) ? note.S : null,
        };
}
