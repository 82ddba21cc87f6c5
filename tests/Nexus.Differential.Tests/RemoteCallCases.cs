namespace Nexus.Differential.Tests;

/// <summary>Events for the function that calls gRPC servers.</summary>
internal static class RemoteCallCases
{
    private const string ResetWhileReading = "Unable to read data from the transport connection: Connection reset by peer";

    // Deadlines are met by the server that stalls: here the server's own word and the client's would race.
    private static readonly string[] Scenarios =
    [
        "unary",
        "blocking unary",
        "empty message",
        "status, details and trailers",
        "server exception",
        "unimplemented",
        "headers and trailers",
        "state before the end",
        "client streaming",
        "client streaming answered early",
        "server streaming",
        "server streaming that fails",
        "duplex",
        "half-close of nothing",
        "two reads at once",
        "write after completion",
        "deadline in the past",
        "local deadline",
        "cancelled before",
        "cancelled while waiting",
        "cancelled while reading",
        "disposed unary",
        "disposed stream",
        "received message too large",
        "large messages",
        "compressed request",
        "unknown compression",
        "user agent",
    ];

    private static readonly string[] Repeats =
    [
        "third attempt",
        "attempts used up",
        "status not to be retried",
        "two statuses",
        "channel's limit of attempts",
        "pushback",
        "pushback for any status",
        "pushback that stops",
        "pushback that is no number",
        "throttled",
        "method by name",
        "service by name",
        "another method",
        "server streaming",
        "server streaming that began",
        "client streaming",
        "duplex",
        "message above the buffer",
        "large message",
        "deadline while it waits",
        "cancelled while it waits",
        "disposed while it waits",
        "channel disposed while it waits",
        "headers, trailers and compression",
        "balanced alone",
        "several servers",
        "several servers by name",
        "several servers, attempts used up",
        "several servers, hedged",
        "refused connection",
        "hedged at once",
        "hedged until one answers",
        "hedged without success",
        "hedged with a fatal status",
        "hedged past a slow one",
        "hedged and pushed back",
        "hedged client streaming",
    ];

    private static readonly string[] Ways =
    [
        "WrongContentType",
        "NoContentType",
        "NotFound",
        "Unavailable",
        "Forbidden",
        "Unauthorized",
        "Teapot",
        "NoStatus",
        "NothingAtAll",
        "StatusOnly",
        "ErrorOnly",
        "BadStatus",
        "BadHeadStatus",
        "OddMessage",
        "BadBinary",
        "OkWithoutMessage",
        "TwoMessages",
        "MessageThenError",
        "HalfPrefix",
        "HalfMessage",
        "BadFlag",
        "HugeLength",
        "OverLimit",
        "NotProtobuf",
        "CompressedWithoutEncoding",
        "UnknownEncoding",
        "ResetAtOnce",
        "ResetCancel",
        "ResetCalm",
        "ResetSecurity",
        "ResetAfterHeaders",
        "ResetAfterMessage",
        "Stall",
        "StallAfterHeaders",
        "StallAfterMessage",
        "Dropped",
        "DroppedAfterMessage",
    ];

    public static IReadOnlyList<string> List { get; } =
    [
        .. Scenarios.Select(static name => Event(name, "plain")),
        .. Scenarios
            .Where(static name => name.Contains("cancel") || name.Contains("deadline") || name.Contains("disposed"))
            .Select(static name => Event(name, "plain", throwsCanceled: true)),
        .. new[] { "httpClient", "factory", "interceptor" }.SelectMany(static client =>
            new[] { "unary", "headers and trailers", "duplex", "cancelled while waiting" }.Select(name => Event(name, client))
        ),
        .. new[] { "static", "dns" }.SelectMany(static client =>
            new[] { "unary", "status, details and trailers", "client streaming", "duplex" }.Select(name => Event(name, client))
        ),
        Event("unary", "static", server: "NOBODY_URL"),
        Event("", "codeFirst"),
        .. Ways.Select(static way => Event(way, "misbehaving", server: "MISBEHAVING_URL")),
        .. Repeats.Where(static name => name != "refused connection").Select(static name => Event(name, "repeated")),
        Event("refused connection", "repeated", server: "NOBODY_URL"),
        Event("unary", "plain", server: "GARBAGE_URL"),
        Event("unary", "plain", server: "NOBODY_URL"),
        Event("duplex", "httpClient", server: "NOBODY_URL"),
        Event("unary", "httpClient", server: "NOBODY_URL"),
        Event("server streaming", "plain", server: "NOBODY_URL"),
    ];

    private static string Event(string scenario, string client, bool throwsCanceled = false, string server = "TRIALS_URL") =>
        $$"""{"scenario":"{{scenario}}","client":"{{client}}","throwsCanceled":{{(throwsCanceled ? "true" : "false")}},"server":"{{server}}"}""";

    /// <summary>What the function saw; when a connection is reset, reading and writing race to notice.</summary>
    public static string Settled(string seen) =>
        seen.Replace("Unable to write data to the transport connection: Broken pipe", ResetWhileReading)
            .Replace("Unable to write data to the transport connection: Connection reset by peer", ResetWhileReading)
            .Replace("SocketException: Broken pipe", "SocketException: Connection reset by peer");
}
