using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nexus.Backend.Aws.Tests;

/// <summary>A bare HTTP/1.1 server that shows requests byte for byte and answers, stalls or resets as told.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<CapturedRequest, int, LoopbackReply> _answer;
    private readonly Task _accepting;
    private int _count;

    public LoopbackServer(Func<CapturedRequest, int, LoopbackReply> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public ConcurrentQueue<CapturedRequest> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        // The listener may have been stopped before it was asked for the next connection.
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    LoopbackReply reply = _answer(request, Interlocked.Increment(ref _count));
                    if (reply.Stall)
                    {
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                    }
                    if (reply.Bytes.Length > 0)
                    {
                        await stream.WriteAsync(reply.Bytes, _stop.Token);
                    }
                    if (reply.Reset)
                    {
                        client.LingerState = new LingerOption(reply.Bytes.Length == 0, 0);
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client went away or the test is over.
            }
        }
    }

    private async Task<CapturedRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new MemoryStream();
        byte[] one = new byte[1];
        while (
            !Encoding
                .Latin1.GetString(head.GetBuffer().AsSpan(Math.Max(0, (int)head.Length - 4), Math.Min(4, (int)head.Length)))
                .Equals("\r\n\r\n")
        )
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }
            head.WriteByte(one[0]);
        }
        string[] lines = Encoding.Latin1.GetString(head.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        string[] first = lines[0].Split(' ');
        var headers = lines
            .Skip(1)
            .Select(line => new AwsHeader(line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].TrimStart()))
            .ToList();
        string? length = headers.Find(h => h.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value;
        bool expects = headers.Exists(h => h.Name.Equals("Expect", StringComparison.OrdinalIgnoreCase));
        var request = new CapturedRequest(
            first[0],
            first[1],
            headers,
            new byte[length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture)]
        );
        if (expects && RefuseBefore is { } refuse)
        {
            return request with { Body = Encoding.ASCII.GetBytes(refuse) };
        }
        if (expects)
        {
            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _stop.Token);
        }
        await stream.ReadExactlyAsync(request.Body, _stop.Token);
        return request;
    }

    /// <summary>If set, requests that expect 100 Continue are answered without their body having been read.</summary>
    public string? RefuseBefore { get; set; }
}
