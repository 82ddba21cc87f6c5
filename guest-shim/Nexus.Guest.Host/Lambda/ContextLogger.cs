using Amazon.Lambda.Core;

namespace Nexus.Guest.Host.Lambda;

/// <summary>
/// <see cref="LambdaLog"/> under the function's own interface. The overloads of newer versions that take a <c>LogLevel</c> have
/// bodies in the interface that end in the ones here.
/// </summary>
internal sealed class ContextLogger(LambdaLog log) : ILambdaLogger
{
    public void Log(string message) => log.WriteRaw(message);

    public void LogLine(string message) => log.Write(LambdaLog.Information, message);

    public void Log(string level, string message) => log.Write(level, message);

    public void Log(string level, string message, params object[] args) => log.Write(level, message, null, args);

    public void Log(string level, Exception exception, string message, params object[] args) => log.Write(level, message, exception, args);
}
