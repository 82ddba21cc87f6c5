using Nexus.Diagnostics;

namespace Nexus.Backend.Ingress;

/// <summary>Known failures of listeners, routes and servers as callers meet them, NEXUS0800 to NEXUS0849.</summary>
public static class IngressDiagnostics
{
    public static readonly Diagnostic ListenerContradiction = new(
        "NEXUS0800",
        "Routes of one listener contradict each other",
        "Routes with the same listen address share one listener, so its protocols and its certificate can be given only once, or alike.",
        "Give them on one of the routes, or use another port."
    );

    public static readonly Diagnostic CertificateMissing = new(
        "NEXUS0801",
        "An https listener has no certificate",
        "TLS ends at the backend, which needs a certificate with its key: a PFX file, or a PEM file and its key's.",
        "Add \"certificate\" (and \"certificateKey\" for PEM) to the route, or listen on http."
    );

    public static readonly Diagnostic CertificateNotUsable = new(
        "NEXUS0802",
        "A certificate cannot be used",
        "The file does not exist, is not readable, holds no private key, or the password is wrong.",
        "Correct the path or the password of the route."
    );

    public static readonly Diagnostic UnknownRouteFunction = new(
        "NEXUS0803",
        "A route names a function that does not exist",
        "Its target must be one of \"functions\".",
        "Correct the name."
    );

    public static readonly Diagnostic RepeatedRoute = new(
        "NEXUS0804",
        "Two routes take the same requests",
        "They have the same listener, host and path, so only one of them could ever be used.",
        "Remove one, or tell them apart by host or path."
    );

    public static readonly Diagnostic TargetNotServable = new(
        "NEXUS0805",
        "A route's target does not answer HTTP",
        "A server function answers HTTP by itself; a Lambda handler needs a payload format, which says how a request becomes its event.",
        "Route to a server, or give the route a \"payload\": \"rest-v1\" or \"http-v2\"."
    );

    public static readonly Diagnostic ServerWithoutRoute = new(
        "NEXUS0806",
        "A server has no route",
        "The addresses that a program asks for do not exist outside of its sandbox; nothing would ever reach it.",
        "Add one: \"routes\": [{ \"listen\": \"http://127.0.0.1:8080\", \"function\": \"...\" }]."
    );

    public static readonly Diagnostic RouteNotUsable = new(
        "NEXUS0807",
        "A route cannot be used",
        "A route has a listen address (http or https, a host and a port), a function and, where wanted, a host name and a path that begins with '/'.",
        "Correct the value that the message names."
    );

    public static readonly Diagnostic Overloaded = new(
        "NEXUS0810",
        "The server has as many requests as it may",
        "All instances are full, no more may be started, and the queue is full.",
        "Try again later; \"maxInstances\", \"concurrency\" and \"maxQueued\" set the limits."
    );

    public static readonly Diagnostic WaitedTooLong = new(
        "NEXUS0811",
        "No instance of the server was free in time",
        "All instances were full for as long as a request may wait.",
        "Try again later, or allow more instances."
    );

    public static readonly Diagnostic NotStarted = new(
        "NEXUS0812",
        "The server's program ended before it served",
        "It exited or crashed while it started.",
        "See the node's log for what the program printed."
    );

    public static readonly Diagnostic NotReady = new(
        "NEXUS0813",
        "The server's program did not start its server in time",
        "It ran for its whole start time without starting a web host.",
        "See the node's log; \"startSeconds\" gives it more time. A trimmed, single-file or native program must be built with Nexus.Build."
    );

    public static readonly Diagnostic NoAnswer = new(
        "NEXUS0814",
        "The server's instance ended before it answered",
        "Its process crashed or was killed, or it broke the channel's rules.",
        "Send the request again if that is safe; see the node's log for the reason."
    );

    public static readonly Diagnostic TimedOut = new(
        "NEXUS0815",
        "The server did not answer in time",
        "The request took longer than the function's \"timeout\".",
        "Give the function more time, or no timeout."
    );

    public static readonly Diagnostic HeadTooLarge = new(
        "NEXUS0816",
        "A request's headers are too large for the node",
        "Request line and headers cross into the sandbox in one piece of at most 64 KiB, whatever limit the program has set.",
        "Send smaller headers."
    );

    public static IReadOnlyList<Diagnostic> All { get; } =
    [
        ListenerContradiction,
        CertificateMissing,
        CertificateNotUsable,
        UnknownRouteFunction,
        RepeatedRoute,
        TargetNotServable,
        ServerWithoutRoute,
        RouteNotUsable,
        Overloaded,
        WaitedTooLong,
        NotStarted,
        NotReady,
        NoAnswer,
        TimedOut,
        HeadTooLarge,
    ];
}
