using Nexus.Diagnostics;

namespace Nexus.Guest.Grpc;

/// <summary>Known failures of the gRPC stub, NEXUS0750 to NEXUS0799.</summary>
public static class GrpcStubDiagnostics
{
    public static readonly Diagnostic CustomHandler = new(
        "NEXUS0750",
        "A gRPC channel sends through a handler of the function's own",
        "The channel was made with an HttpHandler or HttpClient whose code would see or change the HTTP request. Calls leave the sandbox as gRPC calls, not as HTTP requests, so that code would never run.",
        "Use a gRPC Interceptor instead of the handler, or run this function without Nexus."
    );

    public static readonly Diagnostic ConnectionSetting = new(
        "NEXUS0751",
        "A gRPC channel asks for connections that the backend does not make",
        "The channel's handler has client certificates, a certificate callback, a connect callback, a proxy or credentials of its own. Connections are the backend's, which has none of them.",
        "Remove the setting, or run this function without Nexus."
    );

    public static readonly Diagnostic UnknownScheme = new(
        "NEXUS0752",
        "A gRPC channel finds its addresses in a way of its own",
        "No resolver among the channel's services knows the address's scheme.",
        "Name the server by http:// or https://, or add the resolver to the channel's ServiceProvider."
    );

    public static readonly Diagnostic NotHttp2 = new(
        "NEXUS0753",
        "A gRPC channel asks for another version of HTTP than 2",
        "The channel's HttpVersion is not 2.0. The backend speaks HTTP/2 to gRPC servers.",
        "Remove the setting."
    );

    public static readonly Diagnostic Balancer = new(
        "NEXUS0754",
        "A gRPC channel balances its load by a policy of its own",
        "The channel's service config names a load balancing policy other than pick_first and round_robin, or its ServiceProvider holds a LoadBalancerFactory. It would be code of the function's own that chooses among connections, which are the backend's.",
        "Remove the policy, or run this function without Nexus."
    );

    public static readonly Diagnostic LegacyAddress = new(
        "NEXUS0755",
        "A channel of Grpc.Core finds its addresses in a way of its own",
        "The channel's target is not one host and port. Sockets of the file system, several addresses and name services other than DNS are the native library's to use, which has no network here.",
        "Name the server by host:port or dns:///host:port, or run this function without Nexus."
    );

    public static readonly Diagnostic LegacySetting = new(
        "NEXUS0756",
        "A channel or call of Grpc.Core asks for what the backend does not do",
        "A client certificate, a certificate callback, or another name than that of the channel's target. Connections are the backend's.",
        "Remove the setting, or run this function without Nexus."
    );

    public static readonly Diagnostic LegacyServer = new(
        "NEXUS0757",
        "A function starts a server of Grpc.Core",
        "That server listens on a socket of the native library, and a sandbox has no network. Nexus takes over servers of ASP.NET Core.",
        "Serve the same services with Grpc.AspNetCore, or run this program without Nexus."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [CustomHandler, ConnectionSetting, UnknownScheme, NotHttp2, Balancer, LegacyAddress, LegacySetting, LegacyServer];
}
