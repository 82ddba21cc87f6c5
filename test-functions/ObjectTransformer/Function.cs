using Amazon.Lambda.Core;
using Amazon.S3;

[assembly: LambdaSerializer(typeof(Amazon.Lambda.Serialization.SystemTextJson.CamelCaseLambdaJsonSerializer))]

namespace ObjectTransformer;

/// <summary>Reads objects, transforms them and stores the results beside them.</summary>
public class Function
{
    private readonly SmallObjects _small;
    private readonly LargeObjects _large;
    private readonly Housekeeping _housekeeping;

    public Function()
    {
        var s3 = new AmazonS3Client();
        var bucket = Environment.GetEnvironmentVariable("BUCKET_NAME") ?? "documents";
        _small = new SmallObjects(s3, bucket);
        _large = new LargeObjects(s3, bucket);
        _housekeeping = new Housekeeping(s3, bucket);
    }

    public async Task<TransformResponse> FunctionHandler(TransformRequest request, ILambdaContext context)
    {
        context.Logger.LogLine($"{request.Operation} {request.Key}");
        return request.Operation switch
        {
            "transform" => await _small.TransformAsync(request.Key, request.Target!),
            "range" => await _small.RangeAsync(request.Key),
            "head" => await _small.HeadAsync(request.Key),
            "missing" => await _small.MissingAsync(request.Key),
            "events" => await SmallObjects.EventsAsync(request.Key, context.Logger),
            "upload" => await _large.UploadAsync(request.Key, request.Size),
            "multipart" => await _large.MultipartAsync(request.Key, request.Size),
            "stream" => await _large.StreamAsync(request.Key, request.Size),
            "list" => await _housekeeping.ListAsync(request.Key),
            "copy" => await _housekeeping.CopyAsync(request.Key, request.Target!),
            "deleteMany" => await _housekeeping.DeleteManyAsync(request.Keys!),
            _ => throw new ArgumentException($"There is no operation \"{request.Operation}\"."),
        };
    }
}
