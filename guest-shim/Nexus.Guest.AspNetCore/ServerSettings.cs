using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Nexus.Guest.AspNetCore;

/// <summary>What every request of a server shares: the program's own Kestrel options and the log.</summary>
internal sealed record ServerSettings(KestrelServerOptions Options, ILogger Logger);
