using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Nexus.Differential.Servers.Tests.Worlds;

namespace Nexus.Differential.Servers.Tests.Cases;

/// <summary>What is asked of the programs over HTTP/1.1 and HTTP/2 alike.</summary>
internal static class HttpCases
{
    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, 3_000_000).Select(static value => (byte)(value * 7))];

    public static IReadOnlyList<HttpCase> All { get; } =
    [
        One("root", () => Get("/")),
        One("unknown path", () => Get("/no-such-page")),
        One("wrong method", () => new(HttpMethod.Delete, "/headers")),
        One("headers", () => With(Get("/headers"), ("X-Send", "value with spaces, and commas"))),
        One("head", () => new(HttpMethod.Head, "/headers")),
        One("controller", () => Get("/catalogue/dawn?width=640")),
        One("controller's not found", () => Get("/catalogue/none")),
        One(
            "controller's post",
            () =>
                Post(
                    "/catalogue",
                    JsonContent.Create(
                        new
                        {
                            title = "dusk",
                            width = 3,
                            height = 2,
                        }
                    )
                )
        ),
        One("bad json", () => Post("/catalogue", new StringContent("{ \"title\": ", Encoding.UTF8, "application/json"))),
        One("wrong content type", () => Post("/catalogue", new StringContent("x"))),
        new(
            "upload, download and range",
            () =>
                [
                    new(HttpMethod.Put, "/pictures/night") { Content = new ByteArrayContent(s_bytes) },
                    Get("/pictures/night"),
                    Ranged(Get("/pictures/night"), 1000, 1999),
                    Ranged(Get("/pictures/night"), 5_000_000, 5_000_001),
                ]
        ),
        One("digest", () => Post("/digest", new ByteArrayContent(s_bytes))),
        One("digest of an unknown length", () => Chunked(Post("/digest", new ByteArrayContent(s_bytes)))),
        One("digest of nothing", () => Post("/digest", new ByteArrayContent([]))),
        One("form", Form),
        One("echo", () => Post("/echo", new ByteArrayContent(s_bytes[..60_000]) { Headers = { ContentType = new("application/x-odd") } })),
        One("large download", () => Get("/large/24")),
        One("file", () => Get("/file")),
        One("events", () => Get("/events/5")),
        One("exception", () => Get("/throw")),
        One("exception after the start", () => Get("/throw-late")),
        One("no content", () => Get("/nothing")),
        One("not modified", () => Get("/unchanged")),
        new("body not read", () => [Post("/unread", new ByteArrayContent(s_bytes)), Get("/")]),
        One("body shorter than announced", () => Get("/short")),
        One("body longer than announced", () => Get("/long")),
        One("callbacks", () => Get("/order")),
        One("abort", () => Get("/abort")),
        One("started", () => Get("/started")),
        new("statuses", () => new[] { 201, 204, 205, 301, 304, 404, 418, 503 }.Select(static code => Get($"/status/{code}"))),
        One("body over the program's limit", () => Post("/digest", new ByteArrayContent(new byte[20_000_001]))) with
        {
            Http2Only = true,
        },
        One("body over the request's limit", () => Post("/limit/10", new StringContent("longer than ten"))),
        One("body of unknown length over the limit", () => Chunked(Post("/limit/10", new StringContent("longer than ten")))),
        One("body within the request's limit", () => Post("/limit/100", new StringContent("shorter"))),
        new(
            "paths",
            () =>
                new[] { "/paths/plain", "/paths/a%20b%2Fc?x=%20y&z", "/paths/%C3%A9", "/paths/x%25y", "/paths/one/../two/./three" }.Select(
                    Get
                )
        ),
        One("synchronous read refused", () => Post("/sync?allow=false", new StringContent("abc"))),
        One("synchronous read allowed", () => Post("/sync?allow=true", new StringContent("abc"))),
        One("trailers", () => Post("/trailers", new StringContent("body"))),
        One("many headers", () => With(Get("/"), [.. Enumerable.Range(0, 120).Select(static i => ($"x-{i}", "v"))])),
        One("header too long", () => With(Get("/"), ("x-long", new string('a', 40_000)))),
        One("target too long", () => Get("/" + new string('p', 9_000))),
        One("expect continue", ExpectContinue),
        One("startup", () => Get("/")) with
        {
            App = ServedApp.Classic,
        },
        One("web host", () => Get("/")) with
        {
            App = ServedApp.ClassicWebHost,
        },
        One("web host builder", () => Get("/")) with
        {
            App = ServedApp.ClassicBuilder,
            Http1Only = true,
        },
    ];

    private static HttpCase One(string name, Func<HttpRequestMessage> request) => new(name, () => [request()]);

    private static HttpRequestMessage Get(string target) => new(HttpMethod.Get, new Uri(target, UriKind.Relative));

    private static HttpRequestMessage Post(string target, HttpContent content) =>
        new(HttpMethod.Post, new Uri(target, UriKind.Relative)) { Content = content };

    private static HttpRequestMessage With(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static HttpRequestMessage Chunked(HttpRequestMessage request)
    {
        request.Headers.TransferEncodingChunked = true;
        return request;
    }

    private static HttpRequestMessage Ranged(HttpRequestMessage request, long from, long to)
    {
        request.Headers.Range = new RangeHeaderValue(from, to);
        return request;
    }

    private static HttpRequestMessage ExpectContinue()
    {
        var request = Post("/digest", new ByteArrayContent(s_bytes));
        request.Headers.ExpectContinue = true;
        return request;
    }

    private static HttpRequestMessage Form() =>
        Post(
            "/forms",
            new MultipartFormDataContent("a-boundary")
            {
                { new StringContent("dawn"), "title" },
                { new ByteArrayContent(s_bytes[..100_000]), "picture", "dawn.png" },
            }
        );
}
