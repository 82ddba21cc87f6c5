namespace Nexus.Differential.Tests.Http;

/// <summary>Every kind of call and failure that HttpClient's user can see.</summary>
internal static class HttpCases
{
    public static IReadOnlyList<HttpCase> All { get; } =
    [.. Answers, .. Bodies, .. Uploads, .. Settings, .. Clients, .. Failures, .. Patience];

    private static HttpCase[] Answers =>
        [
            new("get", "/echo?q=a%20b&x=%C3%BC", "\"method\":\"GET\""),
            new("get", "/echo/a//b/../c;d=1", "/echo/a//c"),
            new("get", "/status/404", "404 NotFound"),
            new("get", "/status/204", "204 NoContent"),
            new("get", "/status/304", "304 NotModified"),
            new("get", "/status/500", "500 InternalServerError"),
            new("get", "/reason", "Quite Alright"),
            new("get", "/multi", "X-Many: one | two, three"),
            new("get", "/headers/60000", "200 OK"),
            new("get", "/no-reason", "200 OK", Service: "raw"),
            new("get", "/http10", "until the end", Service: "raw"),
            new("get", "/early-hints", "200 OK", Service: "raw"),
            new("get", "/latin1", "caf\u00E9", Service: "raw"),
            new("get", "/folded", "X-Folded", Service: "raw"),
            new("get", "/extra-bytes", "200 OK", Service: "raw"),
            new("get", "/half-close", "done", Service: "raw"),
            new("get", "/dribble", "hello", Service: "raw"),
            new("send", "/echo", "x-Odd", "GET"),
            new("send", "/bytes/12345", "12345", "HEAD"),
            new("send", "/echo", "PATCH", "PATCH"),
            new("send", "/echo", "Content-Length: 0", "POST"),
            new("send", "/echo", "DELETE", "DELETE"),
            new("send", "/echo", "QUERY", "QUERY"),
            new("getString", "/bytes/100000", "100000 characters"),
            new("getString", "/status/503", "ServiceUnavailable"),
            new("version", "/echo", "2.0", "2.0 exact", Service: "h2"),
            new("version", "/echo", "1.1", "2.0 lower"),
            new("version", "/echo", "1.1", "1.1 higher"),
            new("version", "/echo", "1.1", "1.0 exact"),
            new("version", "/echo", "NotSupportedException", "2.0 exact sync", Service: "h2"),
            new("version", "/echo", "NotSupportedException", "1.1 higher sync"),
            new("trailers", "/trailers", "abc123"),
            new("trailers", "/trailers-only", "later", Service: "h2"),
        ];

    private static HttpCase[] Bodies =>
        [
            new("stream", "/bytes/0", "bytes = 0"),
            new("stream", "/bytes/1000", "bytes = 1000"),
            new("stream", "/bytes/3000000", "bytes = 3000000"),
            new("stream", "/slow/20?ms=2", "text/event-stream"),
            new("copy", "/bytes/5000000", "bytes = 5000000"),
            new("sync", "/echo", "synchronous"),
            new("leave", "/bytes/3000000", "200 OK"),
            new("many", "/bytes/20000", "distinct = 1", Amount: 60),
            new("duplex", "/duplex", "line 3;", Service: "h2"),
        ];

    private static HttpCase[] Uploads =>
        [
            new("post", "/echo", "Content-Length: 0", "empty"),
            new("post", "/echo", "Content-Length: 0", "none"),
            new("post", "/echo", "\"bytes\":100", "string", 100),
            new("post", "/echo", "%C3%BC%26", "form"),
            new("post", "/echo", "application/json", "json", 7),
            new("post", "/echo", "\"bytes\":3000000", "stream", 3_000_000),
            new("post", "/echo", "Transfer-Encoding: chunked", "unknownLength", 700_000),
            new("post", "/echo", "\"bytes\":500000", "memory", 500_000),
            new("post", "/echo", "boundary-1", "multipart", 1000),
            new("post", "/echo", "Content-Language: de", "coded", 10),
            new("post", "/redirect/307?to=/echo", "\"method\":\"POST\"", "string", 10),
            new("post", "/redirect/302?to=/echo", "\"method\":\"GET\"", "string", 10),
            new("post", "/redirect/307?to=/echo", "\"bytes\":10", "stream", 10),
            new("expect", "/echo", "read = 50000", Amount: 50_000),
            new("expect", "/refused", "read = 0", Amount: 50_000),
            new("wrongLength", "/echo", "HttpRequestException", Amount: 50),
            new("wrongLength", "/echo", "HttpRequestException", Amount: 200),
            new("brokenContent", "/echo", "The disk is gone.", "io"),
            new("brokenContent", "/echo", "Not now.", "invalid"),
            new("brokenContent", "/echo", "Something else.", "other"),
            new("brokenContent", "/echo", "Canceled", "canceled"),
            new("headers", "/echo", "ASCII", "unicode"),
            new("headers", "/host", "127.0.0.1", "host"),
            new("headers", "/echo", "close", "close"),
            new("headers", "/echo", "InvalidOperationException", "chunkedWithoutContent"),
            new("headers", "/echo", "own=1", "cookie"),
        ];

    private static HttpCase[] Settings =>
        [
            new("get", "/redirect/301?to=/echo", "\"url\":\"/echo\""),
            new("get", "/redirect/303?to=/echo%23part", "200 OK"),
            new("get", "/redirect/308?to=/set-cookies%3Fto=/echo", "session=abc"),
            new("get", "/loop/0", "302 Found"),
            new("settings", "/redirect/302?to=/echo", "302 Found", "noRedirect"),
            new("settings", "/loop/0", "/loop/3", "fewRedirects"),
            new("settings", "/coded/gzip", "quick brown fox", "decompress"),
            new("settings", "/coded/deflate", "quick brown fox", "decompress"),
            new("settings", "/coded/raw", "quick brown fox", "decompress"),
            new("settings", "/coded/br", "quick brown fox", "decompress"),
            new("settings", "/coded/broken", "InvalidDataException", "decompress"),
            new("settings", "/coded/br", "Content-Encoding: br", "gzipOnly"),
            new("settings", "/basic", "authorized", "credentials"),
            new("settings", "/basic", "401 Unauthorized", "wrongCredentials"),
            new("settings", "/basic", "authorized", "credentialCache"),
            new("settings", "/redirect/302?to=/basic", "401 Unauthorized", "credentials"),
            new("settings", "/redirect/302?to=/basic", "authorized", "credentialCache"),
            new("settings", "/digest/MD5", "authorized", "credentials"),
            new("settings", "/digest/SHA-256", "authorized", "credentials"),
            new("settings", "/digest/MD5", "401 Unauthorized", "wrongCredentials"),
            new("settings", "/headers/100000", "200 OK", "largeHeaders"),
            new("settings", "/headers/5000", "ConfigurationLimitExceeded", "smallHeaders"),
            new("settings", "/set-cookies?to=/echo", "200 OK", "noCookies"),
            new("settings", "/echo", "200 OK", "noProxy"),
            new("settings", "/echo", "200 OK", "validation"),
            new("sockets", "/basic", "authorized", "preAuthenticate"),
            new("sockets", "/echo", "X-Name", "encodings"),
            new("sockets", "/echo", "200 OK", "connectTimeout"),
            new("sockets", "/coded/gzip", "quick brown fox", "decompress"),
            new("sockets", "/echo", "200 OK", "pool"),
            new("cookies", "/set-cookies", "session=abc"),
            new("misuse", "/echo", "ObjectDisposedException", "disposedHandler"),
            new("misuse", "/echo", "ObjectDisposedException", "disposedClient"),
            new("misuse", "/echo", "NotSupportedException", "scheme"),
            new("misuse", "/echo", "InvalidOperationException", "relative"),
            new("misuse", "/echo", "InvalidOperationException", "sameRequestTwice"),
            new("misuse", "/echo", "NotSupportedException", "unsizedOnHttp10"),
        ];

    private static HttpCase[] Clients =>
        [
            .. new[]
            {
                "sockets",
                "shared",
                "chain",
                "lateChain",
                "invoker",
                "derivedHandler",
                "derivedClient",
                "plain",
                "set",
                "typed",
                "messageHandler",
                "defaults",
            }.Select(kind => new HttpCase("client", "/echo?by=client", "by=client", kind)),
            new("client", "/echo", "made up", "fake"),
        ];

    private static HttpCase[] Failures =>
        [
            new("get", "/close-before", "ResponseEnded", Service: "raw"),
            new("get", "/reset-before", "ConnectionReset", Service: "raw"),
            new("get", "/close-mid-length", "ResponseEnded", Service: "raw"),
            new("get", "/close-mid-chunk", "ResponseEnded", Service: "raw"),
            new("get", "/close-between-chunks", "ResponseEnded", Service: "raw"),
            new("get", "/bad-chunk", "InvalidResponse", Service: "raw"),
            new("get", "/bad-status", "InvalidResponse", Service: "raw"),
            new("get", "/bad-header", "InvalidResponse", Service: "raw"),
            new("get", "/big-head", "ConfigurationLimitExceeded", Service: "raw"),
            new("get", "/reset-mid", "ConnectionReset", Service: "raw"),
            new("stream", "/close-mid-length", "40", Service: "raw"),
            new("stream", "/close-mid-chunk", "broken", Service: "raw"),
            new("stream", "/bad-chunk", "broken", Service: "raw"),
            new("stream", "/reset-mid", "broken", Service: "raw"),
            new("version", "/reset", "HttpProtocolException", "2.0 exact", Service: "h2"),
            new("version", "/reset-mid", "HttpProtocolException", "2.0 exact", Service: "h2"),
            new("post", "/early", "413", "string", 10),
        ];

    private static HttpCase[] Patience =>
        [
            new("cancel", "/stall-head", "TaskCanceledException", Amount: 200),
            new("cancel", "/stall-body", "TaskCanceledException", Amount: 200),
            new("cancelBody", "/stall-body", "TaskCanceledException", Amount: 200),
            new("cancelled", "/echo", "TaskCanceledException"),
            new("timeout", "/stall-head", "TimeoutException", Amount: 300),
            new("timeout", "/stall-body", "TimeoutException", Amount: 300),
            new("timeout", "/echo", "200 OK", Amount: 20_000),
            new("buffer", "/bytes/5000", "Cannot write more bytes", Amount: 1000),
            new("buffer", "/slow/100?ms=0", "Cannot write more bytes", Amount: 100),
        ];
}
