using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace ObjectTransformer;

/// <summary>Objects that are streamed.</summary>
internal sealed class LargeObjects(IAmazonS3 s3, string bucket)
{
    private const int PartSize = 5 * 1024 * 1024;

    public async Task<TransformResponse> UploadAsync(string key, int size)
    {
        using var transfer = new TransferUtility(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize });
        using var content = new MemoryStream(Content(size));
        var transferred = 0L;
        var upload = new TransferUtilityUploadRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            PartSize = PartSize,
            ContentType = "application/octet-stream",
        };
        upload.UploadProgressEvent += (_, progress) => InterlockedMax(ref transferred, progress.TransferredBytes);
        await transfer.UploadAsync(upload);

        var download = Path.GetTempFileName();
        try
        {
            await transfer.DownloadAsync(download, bucket, key);
            var stored = await File.ReadAllBytesAsync(download);
            return new()
            {
                ContentLength = stored.Length,
                Sha256 = Convert.ToHexString(SHA256.HashData(stored)),
                Text = $"reported {transferred}",
            };
        }
        finally
        {
            File.Delete(download);
        }
    }

    public async Task<TransformResponse> MultipartAsync(string key, int size)
    {
        var begun = await s3.InitiateMultipartUploadAsync(bucket, key);
        var content = Content(size);
        var parts = new List<PartETag>();
        for (var start = 0; start < size; start += PartSize)
        {
            using var part = new MemoryStream(content, start, Math.Min(PartSize, size - start));
            var uploaded = await s3.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = begun.UploadId,
                    PartNumber = parts.Count + 1,
                    InputStream = part,
                }
            );
            parts.Add(new PartETag(parts.Count + 1, uploaded.ETag));
        }

        var completed = await s3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = begun.UploadId,
                PartETags = parts,
            }
        );
        return new()
        {
            HttpStatus = (int)completed.HttpStatusCode,
            ETag = completed.ETag,
            Keys = [.. parts.Select(part => part.ETag)],
        };
    }

    /// <summary>Puts from a stream and reads back in small pieces, without holding the object.</summary>
    public async Task<TransformResponse> StreamAsync(string key, int size)
    {
        using var content = new MemoryStream(Content(size));
        var put = await s3.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = bucket,
                Key = key,
                InputStream = content,
                AutoCloseStream = false,
            }
        );
        using var stored = await s3.GetObjectAsync(bucket, key);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[10_000];
        for (int read; (read = await stored.ResponseStream.ReadAsync(buffer)) > 0; )
        {
            hash.AppendData(buffer, 0, read);
        }

        return new()
        {
            HttpStatus = (int)put.HttpStatusCode,
            ETag = put.ETag,
            ContentLength = stored.ContentLength,
            Sha256 = Convert.ToHexString(hash.GetHashAndReset()),
        };
    }

    private static byte[] Content(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static void InterlockedMax(ref long target, long value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; )
        {
            seen = Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
