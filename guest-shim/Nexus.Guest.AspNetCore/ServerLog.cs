using Microsoft.Extensions.Logging;

namespace Nexus.Guest.AspNetCore;

/// <summary>What the server logs, under Kestrel's category and ids where Kestrel has the same to say.</summary>
internal static partial class ServerLog
{
    public const string Category = "Microsoft.AspNetCore.Server.Kestrel";

    [LoggerMessage(
        13,
        LogLevel.Error,
        "Connection id \"{ConnectionId}\", Request id \"{TraceIdentifier}\": An unhandled exception was thrown by the application.",
        EventName = "ApplicationError"
    )]
    public static partial void ApplicationError(ILogger logger, string connectionId, string traceIdentifier, Exception failure);

    [LoggerMessage(
        17,
        LogLevel.Debug,
        "Connection id \"{ConnectionId}\" bad request data: \"{Message}\"",
        EventName = "ConnectionBadRequest"
    )]
    public static partial void BadRequest(ILogger logger, string connectionId, string message);

    [LoggerMessage(
        57,
        LogLevel.Debug,
        "Connection id \"{ConnectionId}\", Request id \"{TraceIdentifier}\": The request was aborted by the client.",
        EventName = "RequestAborted"
    )]
    public static partial void RequestAborted(ILogger logger, string connectionId, string traceIdentifier);

    [LoggerMessage(900, LogLevel.Warning, "{Diagnostic}")]
    public static partial void SecondServer(ILogger logger, string diagnostic);
}
