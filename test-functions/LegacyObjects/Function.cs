using System.Globalization;
using Amazon.Lambda.Core;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace LegacyObjects;

/// <summary>A document store written for version 3.7 of the SDK.</summary>
public class Function
{
    private readonly AmazonS3Client _s3 = new();
    private readonly string _bucket = Environment.GetEnvironmentVariable("BUCKET_NAME") ?? "documents";

    public async Task<Dictionary<string, string>> FunctionHandler(LegacyRequest request, ILambdaContext context)
    {
        context.Logger.LogLine($"{request.Operation} {request.Key}");
        return request.Operation switch
        {
            "roundTrip" => await RoundTripAsync(request),
            "list" => await ListAsync(request),
            "missing" => await MissingAsync(request),
            "transfer" => await TransferAsync(request),
            _ => throw new ArgumentException($"There is no operation \"{request.Operation}\"."),
        };
    }

    private async Task<Dictionary<string, string>> RoundTripAsync(LegacyRequest request)
    {
        var put = new PutObjectRequest
        {
            BucketName = _bucket,
            Key = request.Key,
            ContentBody = request.Text,
        };
        put.Metadata.Add("author", "legacy");
        var stored = await _s3.PutObjectAsync(put);
        using var read = await _s3.GetObjectAsync(_bucket, request.Key);
        using var reader = new StreamReader(read.ResponseStream);
        return new()
        {
            ["status"] = stored.HttpStatusCode.ToString(),
            ["etag"] = stored.ETag,
            ["author"] = read.Metadata["author"],
            ["length"] = read.ContentLength.ToString(CultureInfo.InvariantCulture),
            ["text"] = await reader.ReadToEndAsync(),
            ["requestId"] = read.ResponseMetadata.RequestId,
        };
    }

    private async Task<Dictionary<string, string>> ListAsync(LegacyRequest request)
    {
        var pages = _s3.Paginators.ListObjectsV2(
            new ListObjectsV2Request
            {
                BucketName = _bucket,
                Prefix = request.Key,
                MaxKeys = 2,
            }
        );
        var found = new Dictionary<string, string>();
        await foreach (var item in pages.S3Objects)
        {
            found[item.Key] = $"{item.Size} {item.ETag}";
        }

        return found;
    }

    private async Task<Dictionary<string, string>> MissingAsync(LegacyRequest request)
    {
        try
        {
            using var read = await _s3.GetObjectAsync(_bucket, request.Key);
            return new();
        }
        catch (AmazonS3Exception missing)
        {
            return new()
            {
                ["type"] = missing.GetType().FullName!,
                ["code"] = missing.ErrorCode,
                ["errorType"] = missing.ErrorType.ToString(),
                ["status"] = missing.StatusCode.ToString(),
                ["message"] = missing.Message,
                ["requestId"] = missing.RequestId,
                ["cause"] = missing.InnerException?.GetType().FullName ?? "none",
            };
        }
    }

    private async Task<Dictionary<string, string>> TransferAsync(LegacyRequest request)
    {
        using var transfer = new TransferUtility(_s3, new TransferUtilityConfig { MinSizeBeforePartUpload = 5 * 1024 * 1024 });
        using var content = new MemoryStream(new byte[6 * 1024 * 1024]);
        await transfer.UploadAsync(content, _bucket, request.Key);
        var head = await _s3.GetObjectMetadataAsync(_bucket, request.Key);
        return new()
        {
            ["length"] = head.ContentLength.ToString(CultureInfo.InvariantCulture),
            ["status"] = head.HttpStatusCode.ToString(),
        };
    }
}
