using Nexus.Backend.Executors.Upstreams;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Grpc;

/// <summary>Known refusals of the gRPC executor, NEXUS0700 to NEXUS0749.</summary>
public static class GrpcDiagnostics
{
    public static readonly Diagnostic UpstreamNotAllowed = new(
        "NEXUS0700",
        "The function may not call this gRPC server",
        "A function's gRPC clients reach only the servers that its operator named.",
        "Add the server to the function's \"allowedUpstreams\", with its port unless it is 80 or 443: \"orders.example.com:50051\"."
    );

    public static readonly Diagnostic LinkLocalAddress = new(
        "NEXUS0701",
        "A gRPC server's name leads to a link-local or metadata address",
        "Such addresses give credentials to whoever asks from this machine; no call of a function is ever sent there.",
        "Call the service by another address."
    );

    public static readonly Diagnostic BadTarget = new(
        "NEXUS0702",
        "A gRPC call names no usable server or method",
        "Scheme, authority and path of the call do not make an address.",
        "Check the address the function's channel was made with."
    );

    public static readonly Diagnostic ThisMachine = new(
        "NEXUS0704",
        "A gRPC server's name leads to this machine, which the function may not reach",
        "A pattern that allows many hosts does not allow the node itself, whoever answers for the name.",
        "If the server runs on the node, name it: \"allowedUpstreams\": [\"http://localhost:50051\"]."
    );

    public static readonly Diagnostic BadMetadata = new(
        "NEXUS0705",
        "Metadata of a gRPC call has a line break or another control character in it",
        "Calls of several functions share a connection, which some servers end for such a value.",
        "Send it as binary metadata: under a name that ends in \"-bin\"."
    );

    internal static UpstreamRefusals Upstreams { get; } = new(UpstreamNotAllowed, LinkLocalAddress, ThisMachine, BadTarget);

    public static IReadOnlyList<Diagnostic> All { get; } = [UpstreamNotAllowed, LinkLocalAddress, BadTarget, ThisMachine, BadMetadata];
}
