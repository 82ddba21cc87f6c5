using System.Diagnostics;
using System.Net.Sockets;
using BenchRemote.Protos;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace BenchRemote;

/// <summary>gRPC calls of one channel and how long they took.</summary>
public sealed class Calls
{
    private static readonly Dictionary<string, Blob> Blobs = new()
    {
        ["unary-1k"] = Of(1024),
        ["unary-64k"] = Of(64 * 1024),
        ["unary-1m"] = Of(1024 * 1024),
        ["stream-10k"] = Of(1),
        ["concurrent"] = Of(1024),
        ["cancelled"] = Of(1024),
    };

    private readonly Lazy<Bench.BenchClient> _client = new(Connect);

    public async Task<CallFigures> RunAsync(CallRequest request)
    {
        if (request.Operation == "nothing")
        {
            return new CallFigures(0, 0, 0);
        }

        var microseconds = request.Operation == "concurrent" ? await AllAtOnceAsync(request.Count) : await InTurnAsync(request);
        Array.Sort(microseconds);
        return new CallFigures(request.Count, microseconds[microseconds.Length / 2], microseconds[microseconds.Length * 99 / 100]);
    }

    private async Task<double[]> InTurnAsync(CallRequest request)
    {
        var microseconds = new double[request.Count];
        for (var i = 0; i < microseconds.Length; i++)
        {
            microseconds[i] = await CallAsync(request.Operation);
        }

        return microseconds;
    }

    private Task<double[]> AllAtOnceAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(_ => CallAsync("concurrent")));

    private async Task<double> CallAsync(string operation)
    {
        var blob = Blobs[operation];
        var started = Stopwatch.GetTimestamp();
        if (operation == "cancelled")
        {
            await CancelAsync(blob);
        }
        else if (operation == "stream-10k")
        {
            using var stream = _client.Value.Many(blob);
            var count = 0;
            while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            {
                count += stream.ResponseStream.Current.Data.Length;
            }

            Check(count, 1_000_000);
        }
        else
        {
            Check((await _client.Value.EchoAsync(blob)).Data.Length, blob.Data.Length);
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    /// <summary>Takes a call back at a moment that nobody knows.</summary>
    private async Task CancelAsync(Blob blob)
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(Random.Shared.Next(10)));
        try
        {
            using var stream = _client.Value.Many(blob, cancellationToken: source.Token);
            while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            {
                // Until it is taken back.
            }
        }
        catch (RpcException cancelled) when (cancelled.StatusCode == StatusCode.Cancelled)
        {
            // As asked.
        }
    }

    private static void Check(int bytes, int expected)
    {
        if (bytes != expected)
        {
            throw new InvalidDataException($"{bytes} bytes instead of {expected}");
        }
    }

    private static Bench.BenchClient Connect()
    {
        var address = Environment.GetEnvironmentVariable("BENCH_ADDRESS")!;
        var options = new GrpcChannelOptions();
        if (Environment.GetEnvironmentVariable("BENCH_SOCKET") is { Length: > 0 } path)
        {
            options.HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
        }
        else
        {
            options.HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        }

        return new Bench.BenchClient(GrpcChannel.ForAddress(address, options));
    }

    private static Blob Of(int bytes) => new() { Data = UnsafeByteOperations.UnsafeWrap(new byte[bytes]) };
}
