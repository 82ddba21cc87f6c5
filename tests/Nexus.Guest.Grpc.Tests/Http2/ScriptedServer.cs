using System.Net;
using System.Net.Sockets;

namespace Nexus.Guest.Grpc.Tests.Http2;

/// <summary>An HTTP/2 server on loopback that answers every request with the same bytes, whatever they are.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private const int FrameHeader = 9;
    private const byte Headers = 1;
    private const byte EndStream = 1;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Script _script;
    private readonly CancellationTokenSource _stop = new();
    private int _connections;

    public ScriptedServer(Script script)
    {
        _script = script;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public int Connections => _connections;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                await stream.WriteAsync(_script.First, _stop.Token);
                await stream.ReadExactlyAsync(new byte[24], _stop.Token);
                var header = new byte[FrameHeader];
                while (true)
                {
                    await stream.ReadExactlyAsync(header, _stop.Token);
                    var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                    await stream.ReadExactlyAsync(payload, _stop.Token);
                    var isRequest = header[3] is 0 or Headers && (header[4] & EndStream) != 0;
                    if (!isRequest)
                    {
                        continue;
                    }

                    await stream.WriteAsync(_script.AnswerTo(header[5..], Volatile.Read(ref _connections)), _stop.Token);
                    if (_script.Closes)
                    {
                        client.Client.Shutdown(SocketShutdown.Send);
                    }
                }
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client has gone, or the test is over.
            }
        }
    }
}
