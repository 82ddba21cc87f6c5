namespace Nexus.Backend.Instances;

/// <summary>How an invocation ended, as the Invoke API tells it.</summary>
/// <param name="Payload">The result, or the error report as JSON.</param>
/// <param name="FunctionError">Null for success; otherwise the value of X-Amz-Function-Error.</param>
/// <param name="LogTail">The last 4 KiB of the log, if it was asked for.</param>
public sealed record InvocationResult(ReadOnlyMemory<byte> Payload, string? FunctionError = null, byte[]? LogTail = null)
{
    /// <summary>True when the instance cannot take another invocation.</summary>
    public bool EndsInstance { get; init; }
}
