using System.IO.Pipelines;

namespace Nexus.Backend.Ingress.Transport;

/// <summary>One end of a connection.</summary>
internal sealed record ConnectionPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
