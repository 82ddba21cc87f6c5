using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;

namespace Probe;

/// <summary>DynamoDB calls of every origin; failures are described, not thrown.</summary>
internal static class Tables
{
    private static readonly Lazy<AmazonDynamoDBClient> s_usual = new(() => new AmazonDynamoDBClient());

    /// <summary>Through the client a function usually makes.</summary>
    public static Task<ProbeAnswer> DescribeAsync(string table) => TryAsync(() => s_usual.Value, table);

    /// <summary>Through a client whose endpoint is written in code.</summary>
    public static Task<ProbeAnswer> CallAsync(string endpoint) =>
        TryAsync(() => new AmazonDynamoDBClient(new AmazonDynamoDBConfig { ServiceURL = endpoint, MaxErrorRetry = 0 }), "items");

    /// <summary>Through a client whose keys are written in code.</summary>
    public static Task<ProbeAnswer> CallWithKeysAsync() =>
        TryAsync(() => new AmazonDynamoDBClient("AKIDWRITTENINCODE", "secret-written-in-code"), "items");

    private static async Task<ProbeAnswer> TryAsync(Func<AmazonDynamoDBClient> make, string table)
    {
        try
        {
            var found = await make().GetItemAsync(table, new() { ["id"] = new AttributeValue("probe") });
            return new() { Text = found.HttpStatusCode.ToString() };
        }
        catch (Exception failure)
        {
            var answer = new ProbeAnswer();
            for (var cause = failure; cause is not null; cause = cause.InnerException)
            {
                answer.Failures.Add($"{cause.GetType().FullName}: {cause.Message}");
            }

            return answer;
        }
    }
}
