using System.Globalization;
using System.Text.Json;
using Nexus.Backend.Sandbox;

namespace Nexus.Backend.Instances;

/// <summary>The error reports that Lambda itself makes when a function cannot.</summary>
internal static class LambdaErrors
{
    public static InvocationResult TimedOut(string requestId, TimeSpan timeout) =>
        Error(
            "Sandbox.Timedout",
            string.Create(
                CultureInfo.InvariantCulture,
                $"RequestId: {requestId} Error: Task timed out after {timeout.TotalSeconds:F2} seconds"
            )
        );

    public static InvocationResult Exited(string requestId, SandboxExit exit) =>
        exit.OutOfMemory
            ? Error("Runtime.OutOfMemory", $"RequestId: {requestId} Error: Runtime exited with error: signal: killed")
            : Error("Runtime.ExitError", $"RequestId: {requestId} Error: Runtime exited with error: {Describe(exit)}");

    public static InvocationResult TooLarge(long bytes) =>
        Error(
            "Function.ResponseSizeTooLarge",
            $"Response payload size ({bytes} bytes) exceeded maximum allowed payload size ({Invocation.MaxPayloadBytes} bytes).",
            endsInstance: false
        );

    public static InvocationResult SandboxFailure(string requestId, string what) =>
        Error("Sandbox.Failure", $"RequestId: {requestId} Error: {what}");

    private static InvocationResult Error(string type, string message, bool endsInstance = true)
    {
        var report = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["errorType"] = type, ["errorMessage"] = message }
        );
        return new InvocationResult(report, "Unhandled") { EndsInstance = endsInstance };
    }

    private static string Describe(SandboxExit exit) =>
        exit.Signal switch
        {
            0 => $"exit status {exit.ExitCode}",
            6 => "signal: aborted",
            9 => "signal: killed",
            11 => "signal: segmentation fault",
            _ => $"signal: {exit.Signal}",
        };
}
