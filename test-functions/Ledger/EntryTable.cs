using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Ledger;

/// <summary>Entries in DynamoDB.</summary>
public sealed class EntryTable
{
    private static readonly string Name = Environment.GetEnvironmentVariable("LEDGER_TABLE") ?? "ledger";
    private readonly Lazy<AmazonDynamoDBClient> _client = new(() => new AmazonDynamoDBClient());

    public async Task<Entry> StoreAsync(Entry entry, CancellationToken cancellation)
    {
        var item = new Dictionary<string, AttributeValue>
        {
            ["id"] = new() { S = entry.Account },
            ["amount"] = new() { N = entry.Amount.ToString(CultureInfo.InvariantCulture) },
            ["note"] = new() { S = entry.Note },
        };
        await _client.Value.PutItemAsync(new PutItemRequest { TableName = Name, Item = item }, cancellation);
        var key = new Dictionary<string, AttributeValue> { ["id"] = new() { S = entry.Account } };
        var found = await _client.Value.GetItemAsync(
            new GetItemRequest
            {
                TableName = Name,
                Key = key,
                ConsistentRead = true,
            },
            cancellation
        );
        return new Entry
        {
            Account = found.Item["id"].S,
            Amount = long.Parse(found.Item["amount"].N, CultureInfo.InvariantCulture),
            Note = found.Item["note"].S,
        };
    }
}
