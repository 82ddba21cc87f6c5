using Microsoft.Extensions.Logging;

namespace Nexus.Backend.Sandbox;

internal static partial class SandboxLog
{
    [LoggerMessage(
        200,
        LogLevel.Warning,
        "Sandbox 'none': functions run WITHOUT ISOLATION, with the backend's user, files and network. For debugging only."
    )]
    public static partial void NoIsolation(ILogger logger);

    [LoggerMessage(201, LogLevel.Warning, "No control group for {Limit}: {Fallback}. 'nexus doctor' tells what to do ({Problem}).")]
    public static partial void LimitMissing(ILogger logger, string limit, string fallback, string problem);

    [LoggerMessage(202, LogLevel.Warning, "The system call filter exists for x86-64 only; guests run without it on this machine.")]
    public static partial void NoSeccomp(ILogger logger);

    [LoggerMessage(
        203,
        LogLevel.Warning,
        "'{Name}' is started WITH THE NODE'S NETWORK, as its configuration grants: it reaches whatever the node reaches, this machine and metadata services included."
    )]
    public static partial void HostNetwork(ILogger logger, string name);

    [LoggerMessage(204, LogLevel.Warning, "The snapshot of '{Function}' is made anew: {Path} was refused. {Reason}")]
    public static partial void SnapshotRefused(ILogger logger, string function, string path, string reason);

    [LoggerMessage(205, LogLevel.Warning, "The snapshot of '{Function}' could not be kept, the next backend makes its own: {Reason}")]
    public static partial void SnapshotNotKept(ILogger logger, string function, string reason);
}
