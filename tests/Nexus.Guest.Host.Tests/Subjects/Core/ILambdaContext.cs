namespace Amazon.Lambda.Core;

public interface ILambdaContext
{
    string AwsRequestId { get; }
    IClientContext ClientContext { get; }
    string FunctionName { get; }
    string FunctionVersion { get; }
    ICognitoIdentity Identity { get; }
    string InvokedFunctionArn { get; }
    ILambdaLogger Logger { get; }
    string LogGroupName { get; }
    string LogStreamName { get; }
    int MemoryLimitInMB { get; }
    TimeSpan RemainingTime { get; }
    string TraceId => "";
    string? TenantId => null;
    ILambdaSerializer? Serializer => null;
    string NewerThanTheHost => "from the interface";
#if NEXT
    string? FromTheFuture { get; }
    int CountFromTheFuture { get; }
    Guid ComputeInTheFuture(string argument);
#endif
}
