using System.Net;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Asks the node's name service.</summary>
internal delegate Task<IPAddress[]> ResolveNames(string host, CancellationToken cancellation);
