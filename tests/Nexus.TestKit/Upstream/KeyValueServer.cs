using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nexus.TestKit.Upstream;

/// <summary>A server on loopback that speaks enough of the Redis protocol (RESP) for a client to connect, store and read.</summary>
public sealed class KeyValueServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private int _connections;

    private KeyValueServer()
    {
        _listener.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static KeyValueServer Start()
    {
        var server = new KeyValueServer();
        _ = server.AcceptAsync();
        return server;
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.UTF8);
                while (await reader.ReadLineAsync() is ['*', .. var count])
                {
                    var words = new List<string>();
                    for (var left = int.Parse(count); left > 0; left--)
                    {
                        await reader.ReadLineAsync();
                        words.Add(await reader.ReadLineAsync() ?? "");
                    }

                    await stream.WriteAsync(Encoding.UTF8.GetBytes(Answer(words)));
                }
            }
            catch (IOException)
            {
                // The client is gone.
            }
        }
    }

    private string Answer(List<string> words)
    {
        switch (words[0].ToUpperInvariant())
        {
            case "PING":
                return "+PONG\r\n";
            case "SET":
                _values[words[1]] = words[2];
                return "+OK\r\n";
            case "GET":
                return _values.TryGetValue(words[1], out var value) ? $"${value.Length}\r\n{value}\r\n" : "$-1\r\n";
            case "CLIENT" or "SELECT" or "AUTH":
                return "+OK\r\n";
            default:
                return $"-ERR unknown command '{words[0]}'\r\n";
        }
    }
}
