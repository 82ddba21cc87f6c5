namespace Nexus.TestKit.Functions;

/// <summary>What the caller of a function sees.</summary>
/// <param name="Payload">UTF-8: the response, or the error document when <paramref name="FunctionError"/> is set.</param>
/// <param name="FunctionError">Null for success, otherwise as in <c>X-Amz-Function-Error</c>.</param>
/// <param name="Log">What the function logged in this invocation.</param>
public sealed record InvocationOutcome(byte[] Payload, string? FunctionError, string Log);
