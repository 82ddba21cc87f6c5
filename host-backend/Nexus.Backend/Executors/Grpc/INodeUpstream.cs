using Nexus.Channel.Messages;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>
/// A function of this node that serves an authority: calls to it go from instance to instance, without a socket. Bodies need no translation: a gRPC call's data frames
/// are the bytes of the HTTP body.
/// </summary>
public interface INodeUpstream
{
    /// <summary>Answers one call. The request's bytes are read from <paramref name="exchange"/>, the answer's written to it.</summary>
    /// <param name="request">The request as a server would see it: POST, the method's path, gRPC's headers.</param>
    /// <param name="exchange">The caller's side of the call.</param>
    /// <param name="cancellation">Cancelled when the caller gave up or its deadline passed.</param>
    Task ServeAsync(HttpRequestHead request, NodeExchange exchange, CancellationToken cancellation);
}
