using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nexus.Backend.Ingress;

/// <summary>The node's loggers without Kestrel's reports of failed requests: those are the programs' failures, and they have logged them themselves.</summary>
internal sealed class IngressLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    private const string Requests = "Microsoft.AspNetCore.Server.Kestrel";

    public ILogger CreateLogger(string categoryName) => categoryName == Requests ? NullLogger.Instance : loggers.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Providers are the node's.");

    /// <summary>The node's loggers outlive this.</summary>
    public void Dispose() { }
}
