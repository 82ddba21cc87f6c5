using System.Globalization;
using System.Text;

namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>
/// What servers say on the wire, right and wrong, to the library's own client and to the backend's: both must end with the same status, in the same words, with the same
/// metadata.
/// </summary>
[TestClass]
public sealed class SameAnswerTests
{
    private static readonly Dictionary<string, Script> s_scripts = Scripts();

    public static IEnumerable<object[]> Names => s_scripts.Keys.Select(static name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    [Timeout(60_000)]
    public async Task Answer_OfTheServer_LooksTheSame(string name)
    {
        var direct = await DirectAsync(s_scripts[name]);
        using var server = new ScriptedServer(s_scripts[name]);
        await using var pair = new GrpcPair(["*", server.Address.Authority]);
        Assert.AreEqual(direct, await SeenAsync(pair.Client(server.Address)));
        Assert.IsEmpty(pair.Faults);
    }

    private static async Task<string> DirectAsync(Script script)
    {
        using var server = new ScriptedServer(script);
        using var channel = GrpcChannel.ForAddress(server.Address);
        return await SeenAsync(new Trial.TrialClient(channel));
    }

    private static async Task<string> SeenAsync(Trial.TrialClient client)
    {
        var seen = new StringBuilder();
        // The second call finds the connection in the state that the first left.
        for (var i = 0; i < 2; i++)
        {
            using var call = client.SingleAsync(new TrialRequest(), deadline: DateTime.UtcNow.AddSeconds(5));
            try
            {
                await call;
                seen.AppendLine(Describe("headers", await call.ResponseHeadersAsync));
                seen.AppendLine(Describe("trailers", call.GetTrailers()));
            }
            catch (RpcException failure)
            {
                seen.AppendLine(CultureInfo.InvariantCulture, $"{failure.StatusCode}: {failure.Status.Detail}");
                seen.AppendLine(Describe("trailers", failure.Trailers));
            }
        }

        return seen.ToString();
    }

    private static string Describe(string name, Metadata metadata) =>
        $"{name} {string.Join(", ", metadata.Select(static entry => $"{entry.Key}={(entry.IsBinary ? Convert.ToHexString(entry.ValueBytes) : entry.Value)}"))}";

    private static Dictionary<string, Script> Scripts()
    {
        var scripts = new Dictionary<string, Script>();

        // Right ones.
        Add("an answer", Frames.Answer);
        Add(
            "padding and priority",
            static stream =>
                [
                    .. Frames.Headers(stream, [3, 0, 0, 0, 0, 16, .. Frames.Head, 0, 0, 0], Frames.EndHeaders | 0x28),
                    .. Frames.Data(stream, [2, .. Frames.Message, 0, 0], 8),
                    .. Frames.Headers(stream, [0, .. Frames.Trailers], Frames.EndHeaders | Frames.EndStream | 8),
                ]
        );
        Add(
            "a head in continuations",
            static stream =>
                [
                    .. Frames.Headers(stream, Frames.Head[..5], 0),
                    .. Frames.Frame(9, 0, stream, []),
                    .. Frames.Frame(9, Frames.EndHeaders, stream, Frames.Head[5..]),
                    .. Frames.Data(stream, Frames.Message),
                    .. Frames.Headers(stream, Frames.Trailers, Frames.EndHeaders | Frames.EndStream),
                ]
        );
        Add(
            "an interim head",
            static stream => [.. Frames.Headers(stream, Frames.Block((":status", "103"), ("link", "a"))), .. Frames.Answer(stream)]
        );
        Add(
            "fields of one name apart",
            static stream =>
                [
                    .. Frames.Headers(
                        stream,
                        [.. Frames.Head, .. Frames.Block(("a", "1"), ("b", "2"), ("A", "3"), ("x-bin", "AAE"), ("date", "now"))]
                    ),
                    .. Frames.Data(stream, Frames.Message),
                    .. Frames.Headers(
                        stream,
                        [.. Frames.Trailers, .. Frames.Block(("c", "1"), ("d", ""), ("c", "2"), ("content-language", "de"))],
                        Frames.EndHeaders | Frames.EndStream
                    ),
                ]
        );
        Add(
            "a field that is not ASCII",
            static stream =>
                [
                    .. Frames.Headers(stream, [.. Frames.Head, .. Frames.Block(("a", "gr\u00fc\u00dfe"))]),
                    .. Frames.Data(stream, Frames.Message),
                    .. Frames.Headers(stream, Frames.Trailers, Frames.EndHeaders | Frames.EndStream),
                ]
        );
        Add(
            "trailers only",
            static stream =>
                Frames.Headers(
                    stream,
                    [.. Frames.Head, .. Frames.Block(("grpc-status", "5"), ("grpc-message", "gone%20away"), ("m", "1"))],
                    Frames.EndHeaders | Frames.EndStream
                )
        );
        (string Name, Func<byte[], byte[]> Between)[] between =
        [
            ("nothing", static _ => []),
            ("a ping", static _ => Frames.Frame(6, 0, Frames.Connection, new byte[8])),
            ("settings", static _ => [.. Frames.Setting(4, 10), .. Frames.Setting(0x99, 7)]),
            ("a priority", static stream => Frames.Frame(2, 0, stream, [0, 0, 0, 0, 1])),
            ("no data", static stream => Frames.Data(stream, [])),
        ];
        foreach (var (name, frames) in between)
        {
            Add(
                $"a message in two pieces and {name} between",
                stream =>
                    [
                        .. Frames.Headers(stream, Frames.Head),
                        .. Frames.Data(stream, Frames.Message[..2]),
                        .. frames(stream),
                        .. Frames.Data(stream, Frames.Message[2..]),
                        .. Frames.Headers(stream, Frames.Trailers, Frames.EndHeaders | Frames.EndStream),
                    ]
            );
        }

        Add("a reset without an error after the answer", static stream => [.. Frames.Answer(stream), .. Frames.Reset(stream, 0)]);
        Add("a farewell after the answer", static stream => [.. Frames.Answer(stream), .. Frames.GoAway(1, 0)]);
        Add("a farewell before the answer", static stream => [.. Frames.GoAway(1, 0), .. Frames.Answer(stream)]);
        scripts.Add(
            "a farewell that has ignored the first call",
            new Script(Frames.Settings, static (stream, connection) => connection == 1 ? Frames.GoAway(0, 0) : Frames.Answer(stream))
        );
        scripts.Add(
            "a refusal of the first call",
            new Script(Frames.Settings, static (stream, _) => stream[3] == 1 ? Frames.Reset(stream, 7) : Frames.Answer(stream))
        );

        // Wrong ones.
        for (byte code = 0; code <= 14; code++)
        {
            var number = code;
            Add($"a reset with code {code}", stream => Frames.Reset(stream, number));
            Add(
                $"a reset with code {code} after the head",
                stream => [.. Frames.Headers(stream, Frames.Head), .. Frames.Reset(stream, number)]
            );
        }

        Add("a farewell with an error", static _ => Frames.GoAway(0, 2), closes: true);
        Add("the connection's end instead of an answer", static _ => [], closes: true);
        Add("the connection's end after the head", static stream => Frames.Headers(stream, Frames.Head), closes: true);
        Add(
            "the connection's end within a message",
            static stream => [.. Frames.Headers(stream, Frames.Head), .. Frames.Data(stream, Frames.Message[..3])],
            closes: true
        );
        Add("the connection's end within a frame", static stream => Frames.Headers(stream, Frames.Head)[..12], closes: true);
        Add("the connection's end within a frame's header", static stream => Frames.Headers(stream, Frames.Head)[..4], closes: true);
        Add("data before the head", static stream => Frames.Data(stream, Frames.Message));
        Add("a head without a status", static stream => Frames.Headers(stream, Frames.Block(("a", "1"))));
        Add("two statuses", static stream => Frames.Headers(stream, [.. Frames.Head, .. Frames.Block((":status", "200"))]));
        Add("a status of letters", static stream => Frames.Headers(stream, Frames.Block((":status", "abc"))));
        Add("an unknown pseudo-header", static stream => Frames.Headers(stream, [.. Frames.Head, .. Frames.Block((":x", "1"))]));
        Add(
            "a pseudo-header in the trailers",
            static stream =>
                [
                    .. Frames.Headers(stream, Frames.Head),
                    .. Frames.Headers(stream, Frames.Block((":status", "200")), Frames.EndHeaders | Frames.EndStream),
                ]
        );
        Add("an invalid name", static stream => Frames.Headers(stream, [.. Frames.Head, .. Frames.Block(("a b", "1"))]));
        Add(
            "a head that is too large",
            static stream =>
                Frames
                    .Headers(
                        stream,
                        [.. Frames.Head, .. Enumerable.Repeat(Frames.Block(("a", new string('v', 3000))), 5).SelectMany(static b => b)],
                        0
                    )
                    .Concat(
                        Enumerable
                            .Range(0, 4)
                            .SelectMany(_ =>
                                Frames.Frame(
                                    9,
                                    0,
                                    stream,
                                    [.. Enumerable.Repeat(Frames.Block(("a", new string('v', 3000))), 5).SelectMany(static b => b)]
                                )
                            )
                    )
                    .Concat(Frames.Frame(9, Frames.EndHeaders, stream, []))
                    .ToArray()
        );
        Add("an index into an empty table", static stream => Frames.Headers(stream, [0xbe]));
        Add(
            "a second head that does not end",
            static stream => [.. Frames.Headers(stream, Frames.Head), .. Frames.Headers(stream, Frames.Trailers)]
        );
        Add(
            "another frame among continuations",
            static stream => [.. Frames.Headers(stream, Frames.Head, 0), .. Frames.Frame(6, 0, Frames.Connection, new byte[8])]
        );
        Add("a continuation of nothing", static stream => Frames.Frame(9, Frames.EndHeaders, stream, Frames.Head));
        Add(
            "a frame that is too large",
            static stream => [.. Frames.Headers(stream, Frames.Head), .. Frames.Data(stream, new byte[16_385])]
        );
        Add("more padding than there is", static stream => [.. Frames.Headers(stream, Frames.Head), .. Frames.Data(stream, [9, 0], 8)]);
        Add("data on the connection", static _ => Frames.Data(Frames.Connection, Frames.Message));
        Add("data on a stream that was never opened", static _ => Frames.Data([0, 0, 0, 9], Frames.Message));
        Add("data on a stream of the server's", static _ => Frames.Data([0, 0, 0, 2], Frames.Message));
        Add("a promise", static stream => Frames.Frame(5, Frames.EndHeaders, stream, [0, 0, 0, 2]));
        Add("a ping of seven bytes", static _ => Frames.Frame(6, 0, Frames.Connection, new byte[7]));
        Add("a ping on a stream", static stream => Frames.Frame(6, 0, stream, new byte[8]));
        Add("settings of five bytes", static _ => Frames.Frame(4, 0, Frames.Connection, new byte[5]));
        Add("settings on a stream", static stream => Frames.Frame(4, 0, stream, []));
        Add("an acknowledgement with settings", static _ => Frames.Frame(4, 1, Frames.Connection, new byte[6]));
        Add("a window that grows by nothing", static stream => Frames.Frame(8, 0, stream, new byte[4]));
        Add("a window that grows too large", static stream => Frames.Frame(8, 0, stream, [0x7f, 0xff, 0xff, 0xff]));
        Add("the connection's window grows too large", static _ => Frames.Frame(8, 0, Frames.Connection, [0x7f, 0xff, 0xff, 0xff]));
        Add("an initial window that is too large", static _ => Frames.Setting(4, 0x8000_0000));
        Add("a reset of three bytes", static stream => Frames.Frame(3, 0, stream, new byte[3]));
        Add("a farewell of seven bytes", static _ => Frames.Frame(7, 0, Frames.Connection, new byte[7]));
        scripts.Add("the connection's end before settings", new Script([], static (_, _) => [], Closes: true));
        return scripts;

        void Add(string name, Func<byte[], byte[]> answer, bool closes = false) =>
            scripts.Add(name, new Script(Frames.Settings, (stream, _) => answer(stream), closes));
    }
}
