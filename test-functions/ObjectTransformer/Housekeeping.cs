using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectTransformer;

/// <summary>Listing, copying and deleting.</summary>
internal sealed class Housekeeping(IAmazonS3 s3, string bucket)
{
    public async Task<TransformResponse> ListAsync(string prefix)
    {
        var found = new List<string>();
        var pages = s3.Paginators.ListObjectsV2(
            new ListObjectsV2Request
            {
                BucketName = bucket,
                Prefix = prefix,
                MaxKeys = 2,
            }
        );
        await foreach (var page in pages.Responses)
        {
            found.Add($"page of {page.KeyCount}, more: {page.IsTruncated}");
            found.AddRange((page.S3Objects ?? []).Select(item => $"{item.Key} {item.Size} {item.ETag}"));
        }

        return new() { HttpStatus = 200, Keys = found };
    }

    public async Task<TransformResponse> CopyAsync(string key, string target)
    {
        var copied = await s3.CopyObjectAsync(bucket, key, bucket, target);
        return new() { HttpStatus = (int)copied.HttpStatusCode, ETag = copied.ETag };
    }

    public async Task<TransformResponse> DeleteManyAsync(List<string> keys)
    {
        var deleted = await s3.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = bucket, Objects = [.. keys.Select(key => new KeyVersion { Key = key })] }
        );
        return new()
        {
            HttpStatus = (int)deleted.HttpStatusCode,
            Keys = [.. deleted.DeletedObjects.Select(item => item.Key).Order(StringComparer.Ordinal)],
        };
    }
}
