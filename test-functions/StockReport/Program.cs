using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.S3;
using Amazon.S3.Model;

// A nightly job: sums up the stock table and leaves the report in a bucket.
// usage: StockReport [table] [bucket]
var table = args.Length > 0 ? args[0] : "counters";
var bucket = args.Length > 1 ? args[1] : "documents";

using var dynamoDb = new AmazonDynamoDBClient();
using var s3 = new AmazonS3Client();
var (items, total) = (0, 0);
try
{
    await foreach (var page in dynamoDb.Paginators.Scan(new ScanRequest(table)).Responses)
    {
        items += page.Items.Count;
        total += page.Items.Sum(item => int.Parse(item["value"].N, CultureInfo.InvariantCulture));
    }
}
catch (ResourceNotFoundException missing)
{
    Console.Error.WriteLine($"{missing.ErrorCode}: {missing.Message}");
    return 2;
}

var report = $"{items} items, {total} pieces";
var put = await s3.PutObjectAsync(
    new PutObjectRequest
    {
        BucketName = bucket,
        Key = "report.txt",
        ContentBody = report,
    }
);
Console.WriteLine($"{report}: {put.HttpStatusCode} {put.ETag}, by .NET {Environment.Version.Major}");
return 0;
