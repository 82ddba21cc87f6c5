namespace Nexus.Backend.Executors.Http;

/// <summary>The settings of a request that belong to a connection pool.</summary>
/// <param name="ReachesThisMachine">Whether names may lead to this machine.</param>
/// <param name="Proxy">Null for the node's own; empty for none; otherwise its address.</param>
/// <param name="MaxResponseHeadersKb">Most bytes of an answer's headers, in KiB.</param>
/// <param name="ConnectTimeoutMs">Time for making a connection in milliseconds; -1 for any.</param>
/// <param name="ExpectTimeoutMs">Time a service has to ask for the body of a request that expects it, in milliseconds; -1 for any.</param>
internal readonly record struct HttpPoolKey(
    bool ReachesThisMachine,
    Uri? Proxy,
    bool IsDirect,
    int MaxResponseHeadersKb,
    int ConnectTimeoutMs,
    int ExpectTimeoutMs
);
