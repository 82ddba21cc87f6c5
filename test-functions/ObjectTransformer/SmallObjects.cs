using System.Globalization;
using Amazon.Lambda.Core;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectTransformer;

/// <summary>Objects that fit into memory.</summary>
internal sealed class SmallObjects(IAmazonS3 s3, string bucket)
{
    public async Task<TransformResponse> TransformAsync(string key, string target)
    {
        using var source = await s3.GetObjectAsync(bucket, key);
        using var reader = new StreamReader(source.ResponseStream);
        var text = (await reader.ReadToEndAsync()).ToUpperInvariant();
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = target,
            ContentBody = text,
            ContentType = source.Headers.ContentType,
        };
        request.Metadata["transformed-from"] = key;
        request.Metadata["transformed-by"] = "upper case";
        var put = await s3.PutObjectAsync(request);
        return new()
        {
            HttpStatus = (int)put.HttpStatusCode,
            RequestId = put.ResponseMetadata.RequestId,
            ContentLength = source.ContentLength,
            ContentType = source.Headers.ContentType,
            ETag = put.ETag,
            Metadata = source.Metadata.Keys.ToDictionary(name => name, name => source.Metadata[name]),
            Text = text,
        };
    }

    public async Task<TransformResponse> RangeAsync(string key)
    {
        using var part = await s3.GetObjectAsync(
            new GetObjectRequest
            {
                BucketName = bucket,
                Key = key,
                ByteRange = new ByteRange(2, 5),
            }
        );
        using var reader = new StreamReader(part.ResponseStream);
        return new()
        {
            HttpStatus = (int)part.HttpStatusCode,
            ContentLength = part.ContentLength,
            ContentRange = part.ContentRange,
            Text = await reader.ReadToEndAsync(),
        };
    }

    public async Task<TransformResponse> HeadAsync(string key)
    {
        var head = await s3.GetObjectMetadataAsync(bucket, key);
        return new()
        {
            HttpStatus = (int)head.HttpStatusCode,
            RequestId = head.ResponseMetadata.RequestId,
            ContentLength = head.ContentLength,
            ContentType = head.Headers.ContentType,
            ETag = head.ETag,
            LastModified = head.LastModified?.ToString("O", CultureInfo.InvariantCulture),
            Metadata = head.Metadata.Keys.ToDictionary(name => name, name => head.Metadata[name]),
        };
    }

    public async Task<TransformResponse> MissingAsync(string key)
    {
        try
        {
            using var source = await s3.GetObjectAsync(bucket, key);
            return new() { HttpStatus = (int)source.HttpStatusCode };
        }
        catch (AmazonS3Exception missing)
        {
            return new()
            {
                HttpStatus = (int)missing.StatusCode,
                RequestId = missing.RequestId,
                Error = $"{missing.GetType().Name} {missing.ErrorCode} {missing.ErrorType}: {missing.Message}",
            };
        }
    }

    /// <summary>A client of its own whose events are logged, as people do to trace their calls.</summary>
    public static async Task<TransformResponse> EventsAsync(string key, ILambdaLogger logger)
    {
        using var traced = new AmazonS3Client();
        traced.BeforeRequestEvent += (_, before) => logger.LogLine($"before {((WebServiceRequestEventArgs)before).ServiceName}");
        traced.AfterResponseEvent += (_, after) => logger.LogLine($"after {((WebServiceResponseEventArgs)after).Response.HttpStatusCode}");
        traced.ExceptionEvent += (_, failed) => logger.LogLine($"failed {((WebServiceExceptionEventArgs)failed).Exception.GetType().Name}");
        var bucket = Environment.GetEnvironmentVariable("BUCKET_NAME") ?? "documents";
        var good = await traced.GetObjectMetadataAsync(bucket, key);
        try
        {
            await traced.GetObjectMetadataAsync(bucket, key + "-missing");
        }
        catch (AmazonS3Exception missing)
        {
            return new()
            {
                HttpStatus = (int)missing.StatusCode,
                ContentLength = good.ContentLength,
                Error = missing.ErrorCode,
            };
        }

        return new();
    }
}
