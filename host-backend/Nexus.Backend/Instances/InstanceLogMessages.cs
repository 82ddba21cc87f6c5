using Microsoft.Extensions.Logging;

namespace Nexus.Backend.Instances;

/// <summary>What instances and pools log; event ids 100 to 199.</summary>
internal static partial class InstanceLogMessages
{
    [LoggerMessage(100, LogLevel.Information, "[{Function} {RequestId}] {Line}")]
    public static partial void FunctionPrinted(ILogger logger, string function, string requestId, string line);

    [LoggerMessage(101, LogLevel.Information, "{Function}: instance {Process} is ready after {Milliseconds:F0} ms")]
    public static partial void Ready(ILogger logger, string function, int process, double milliseconds);

    [LoggerMessage(102, LogLevel.Information, "{Function}: instance {Process} ended ({Reason})")]
    public static partial void Ended(ILogger logger, string function, int process, string reason);

    [LoggerMessage(103, LogLevel.Error, "{Function}: {Message}")]
    public static partial void Violated(ILogger logger, string function, string message);

    [LoggerMessage(104, LogLevel.Error, "{Function}: an instance could not be started")]
    public static partial void StartFailed(ILogger logger, string function, Exception failure);

    [LoggerMessage(105, LogLevel.Error, "{Function}: call {Protocol} failed in the backend")]
    public static partial void CallFailed(ILogger logger, string function, ushort protocol, Exception failure);

    [LoggerMessage(106, LogLevel.Warning, "{Function}: asynchronous invocation {RequestId} is given up after {Attempts} attempts")]
    public static partial void EventDropped(ILogger logger, string function, string requestId, int attempts);

    [LoggerMessage(107, LogLevel.Information, "{Function}: instance {Process} of an earlier backend was taken over")]
    public static partial void TakenOver(ILogger logger, string function, int process);
}
