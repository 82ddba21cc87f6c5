namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// The values of an <c>ILambdaContext</c> without any type of the function's. Member names are those of the interface, so that a
/// proxy can find them by name.
/// </summary>
internal sealed class InvocationContext(InvocationInfo info, FunctionEnvironment environment, LambdaLog log, object? serializer)
{
    private ClientContextData? _clientContext;
    private CognitoIdentityData? _identity;

    public string AwsRequestId => info.AwsRequestId;

    public string FunctionName => environment.Name;

    public string FunctionVersion => environment.Version;

    public string InvokedFunctionArn => info.InvokedFunctionArn;

    public string LogGroupName => environment.LogGroup;

    public string LogStreamName => environment.LogStream;

    public int MemoryLimitInMB => environment.MemoryMB;

    public TimeSpan RemainingTime => DateTimeOffset.FromUnixTimeMilliseconds(info.DeadlineUnixMilliseconds) - DateTimeOffset.UtcNow;

    public string? TraceId => info.TraceId;

    public string? TenantId => info.TenantId;

    public object? Serializer => serializer;

    public LambdaLog Logger => log;

    // Parsed when asked for, since few functions do; never null, as in Lambda's runtime.
    public ClientContextData ClientContext => _clientContext ??= ClientContextData.Parse(info.ClientContextJson);

    public CognitoIdentityData Identity => _identity ??= CognitoIdentityData.Parse(info.CognitoIdentityJson);
}
