using Amazon.Lambda.Core;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// The context as the function's own <c>Amazon.Lambda.Core</c> knows it. Members that an older version lacks are then merely
/// methods nobody calls, so one class serves every version; see <see cref="CoreTypes"/> for versions newer than this list.
/// </summary>
internal sealed class LambdaContext(InvocationContext context) : ILambdaContext
{
    public string AwsRequestId => context.AwsRequestId;

    public string FunctionName => context.FunctionName;

    public string FunctionVersion => context.FunctionVersion;

    public string InvokedFunctionArn => context.InvokedFunctionArn;

    public string LogGroupName => context.LogGroupName;

    public string LogStreamName => context.LogStreamName;

    public int MemoryLimitInMB => context.MemoryLimitInMB;

    public TimeSpan RemainingTime => context.RemainingTime;

    public string? TraceId => context.TraceId;

    public string? TenantId => context.TenantId;

    public ILambdaLogger Logger => (ILambdaLogger)CoreTypes.Adapt(typeof(ILambdaLogger), context.Logger)!;

    public IClientContext ClientContext => (IClientContext)CoreTypes.Adapt(typeof(IClientContext), context.ClientContext)!;

    public ICognitoIdentity Identity => (ICognitoIdentity)CoreTypes.Adapt(typeof(ICognitoIdentity), context.Identity)!;

    public ILambdaSerializer? Serializer => (ILambdaSerializer?)context.Serializer;
}
