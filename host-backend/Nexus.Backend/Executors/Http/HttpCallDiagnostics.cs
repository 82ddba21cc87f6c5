using Nexus.Backend.Executors.Upstreams;
using Nexus.Diagnostics;

namespace Nexus.Backend.Executors.Http;

/// <summary>Known refusals of the HTTP executor, NEXUS0620 to NEXUS0639.</summary>
public static class HttpCallDiagnostics
{
    public static readonly Diagnostic NotAllowed = new(
        "NEXUS0620",
        "The function may not send HTTP requests to this place",
        "Where a function's HTTP clients may go is its operator's decision. By default that is nowhere.",
        "Add the host to \"allowedUpstreams\" of the function, such as \"api.example.com\", \"*.example.com\" or \"http://localhost:8080\"."
    );

    public static readonly Diagnostic MetadataAddress = new(
        "NEXUS0621",
        "Requests to link-local and metadata addresses are never sent",
        "Such addresses lead to the node's own identity (the clouds' metadata services) or to its neighbours, whatever name they hide behind.",
        "Call the service by an address of its own. What the metadata service would tell is configured for the function instead."
    );

    public static readonly Diagnostic ThisMachine = new(
        "NEXUS0622",
        "The name leads to this machine, which the function may not reach",
        "A pattern that allows many hosts does not allow the node itself, whoever answers for the name.",
        "If the service runs on the node, name it: \"allowedUpstreams\": [\"http://localhost:8080\"]."
    );

    public static readonly Diagnostic BadRequest = new(
        "NEXUS0623",
        "The request is not one that can be sent on",
        "A method, target, header or setting is not what HTTP allows, or is about the connection, which is the backend's.",
        "Look at the value shown; a header that names a hop (Proxy-*, Upgrade, Transfer-Encoding other than chunked) cannot be set by a function."
    );

    public static readonly Diagnostic TooManySettings = new(
        "NEXUS0625",
        "The functions of this node use too many different connection settings",
        "Proxies, connect timeouts and header limits that functions set in their code need connection pools of their own, and a node keeps at most 64.",
        "Use the same few settings in every client, or leave them at their defaults."
    );

    internal static UpstreamRefusals Upstreams { get; } = new(NotAllowed, MetadataAddress, ThisMachine, BadRequest);

    public static IReadOnlyList<Diagnostic> All { get; } = [NotAllowed, MetadataAddress, ThisMachine, BadRequest, TooManySettings];
}
