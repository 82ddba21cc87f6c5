using Nexus.Diagnostics;

namespace Nexus.Guest.Http;

/// <summary>Known failures of the HttpClient stub, NEXUS0600 to NEXUS0619.</summary>
public static class HttpStubDiagnostics
{
    public static readonly Diagnostic SettingNeedsConnection = new(
        "NEXUS0600",
        "A setting of the HTTP handler is about the connection, which is the backend's",
        "The backend makes the connections and checks certificates against the node's own authorities. A certificate, a validation callback or a connect callback in the function's code would have no effect there.",
        "Remove the setting; have the operator trust the service's authority on the node, or put a proxy in front of a service that wants client certificates."
    );

    public static readonly Diagnostic BackendRefused = new(
        "NEXUS0601",
        "The backend refused the request",
        "The request is outside what the function's configuration allows, or is not one that can be sent on. The value holds the backend's own diagnostic.",
        "Follow the id in the value with `nexus explain`."
    );

    public static readonly Diagnostic SchemeNotAvailable = new(
        "NEXUS0602",
        "The service asks for an authentication that belongs to one connection",
        "Negotiate and NTLM authenticate a connection, and connections are shared between functions on the backend.",
        "Use Basic, Digest or a bearer token, or put a proxy that authenticates in front of the service."
    );

    public static readonly Diagnostic ProxyCredentials = new(
        "NEXUS0603",
        "Credentials for a proxy cannot be given in the function's code",
        "The backend connects to proxies; it does so with what the node is set up with.",
        "Remove the proxy's credentials from the code and set HTTPS_PROXY for the node, user and password included."
    );

    public static readonly Diagnostic HeadTooLarge = new(
        "NEXUS0604",
        "The request's address and headers are larger than 64 KiB",
        "They cross the channel in one block of that size.",
        "Send what is large as the request's content."
    );

    public static readonly Diagnostic NoNetwork = new(
        "NEXUS0605",
        "The function opened a socket, and its sandbox has no network",
        "Sockets are not taken over: what opens one itself (a database driver, a Redis client, mail, a listener) stays in the sandbox.",
        "Use a service through HttpClient, gRPC or the AWS SDK, or grant the function the node's network: \"network\": \"host\"."
    );

    public static readonly Diagnostic NoNameService = new(
        "NEXUS0606",
        "The function resolved a name, and its sandbox has no network",
        "Names are resolved by the backend for the calls it carries out. What resolves one itself is about to open a connection, which the sandbox does not have.",
        "Use a service through HttpClient, gRPC or the AWS SDK, or grant the function the node's network: \"network\": \"host\"."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [SettingNeedsConnection, BackendRefused, SchemeNotAvailable, ProxyCredentials, HeadTooLarge, NoNetwork, NoNameService];
}
