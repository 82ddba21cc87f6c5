namespace Nexus.Guest.Host.Lambda;

/// <summary>What Lambda's Runtime API tells about one invocation, apart from the event.</summary>
/// <param name="AwsRequestId">Id of the request; the same for every retry of it.</param>
/// <param name="DeadlineUnixMilliseconds">When the invocation times out, in milliseconds since 1970-01-01 UTC.</param>
public sealed record InvocationInfo(string AwsRequestId, long DeadlineUnixMilliseconds)
{
    /// <summary>ARN by which the function was invoked; an alias or version stays in it.</summary>
    public string InvokedFunctionArn { get; init; } = "";

    /// <summary>X-Ray trace header, or null when the call is not traced.</summary>
    public string? TraceId { get; init; }

    /// <summary>Decoded JSON of <c>X-Amz-Client-Context</c>, or null.</summary>
    public string? ClientContextJson { get; init; }

    /// <summary>JSON of the Cognito identity, or null.</summary>
    public string? CognitoIdentityJson { get; init; }

    /// <summary>Tenant of the invocation for tenant-isolated functions, or null.</summary>
    public string? TenantId { get; init; }
}
