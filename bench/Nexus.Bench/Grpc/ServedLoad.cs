using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Nexus.Bench.Aws;

namespace Nexus.Bench.Grpc;

/// <summary>Calls a server from this process, whose CPU is in no figure: gRPC over HTTP/2 without TLS, and a page over HTTP/1.1.</summary>
internal sealed class ServedLoad : IDisposable
{
    private const int Callers = 16;
    private const int PrefixBytes = 5;
    private static readonly MediaTypeHeaderValue Grpc = new("application/grpc");
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
    private readonly Uri _echo;
    private readonly Uri _page;

    public ServedLoad(int http2Port, int http1Port)
    {
        _echo = new Uri(FormattableString.Invariant($"http://127.0.0.1:{http2Port}/bench.Bench/Echo"));
        _page = new Uri(FormattableString.Invariant($"http://127.0.0.1:{http1Port}/hello"));
    }

    public void Dispose() => _client.Dispose();

    public async Task<CallFigures> RunAsync(string operation, int count, CancellationToken cancellation = default)
    {
        var message = Message(operation == "unary-64k" ? 64 * 1024 : 1024);
        var callers = operation == "concurrent" ? Callers : 1;
        var microseconds = new double[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => CallInTurnAsync()));
        Array.Sort(microseconds);
        return new CallFigures(count, microseconds[count / 2], microseconds[count * 99 / 100]);

        async Task CallInTurnAsync()
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                var started = Stopwatch.GetTimestamp();
                await (operation == "get" ? GetAsync(cancellation) : EchoAsync(message, cancellation));
                microseconds[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }
        }
    }

    private async Task GetAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _page);
        using var response = await _client.SendAsync(request, cancellation);
        Check(response.StatusCode == HttpStatusCode.OK && (await response.Content.ReadAsByteArrayAsync(cancellation)).Length > 0, response);
    }

    private async Task EchoAsync(byte[] message, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(message);
        content.Headers.ContentType = Grpc;
        using var request = new HttpRequestMessage(HttpMethod.Post, _echo)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        using var response = await _client.SendAsync(request, cancellation);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
        var status = response.TrailingHeaders.TryGetValues("grpc-status", out var values) ? values.First() : "none";
        Check(answer.Length == message.Length && status == "0", response);
    }

    private static void Check(bool expected, HttpResponseMessage response)
    {
        if (!expected)
        {
            throw new BenchException(
                $"the server answered {(int)response.StatusCode} with headers {response.Headers} {response.TrailingHeaders}"
            );
        }
    }

    /// <summary>gRPC's prefix and a message of one field of so many zeros.</summary>
    private static byte[] Message(int bytes)
    {
        var head = new List<byte> { 0x0a };
        for (var left = bytes; ; left >>= 7)
        {
            head.Add((byte)(left < 128 ? left : 128 | (left & 127)));
            if (left < 128)
            {
                break;
            }
        }

        var message = new byte[PrefixBytes + head.Count + bytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), head.Count + bytes);
        head.CopyTo(message, PrefixBytes);
        return message;
    }
}
