using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nexus.TestKit;
using Nexus.TestKit.Functions;

namespace Nexus.Bench.Grpc;

/// <summary>The server's program as it is, with its own Kestrel.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly int _http2Port;
    private readonly int _http1Port;
    private readonly string _socket;

    private KestrelServer(Process process, int http2Port, int http1Port, string socket)
    {
        _socket = socket;
        _process = process;
        _http2Port = http2Port;
        _http1Port = http1Port;
    }

    public int ProcessId => _process.Id;

    /// <param name="program">What to run.</param>
    /// <param name="variables">Settings of its runtime.</param>
    /// <param name="socket">A Unix socket that it also listens on.</param>
    public static async Task<KestrelServer> StartAsync(
        PublishedFunction program,
        IEnumerable<KeyValuePair<string, string>> variables,
        string socket
    )
    {
        var (http2Port, http1Port) = (FreePort.Find(), FreePort.Find());
        var start = new ProcessStartInfo("dotnet", [Path.Combine(program.Folder, program.Assembly + ".dll")])
        {
            WorkingDirectory = program.Folder,
        };
        foreach (var (name, value) in variables.Concat(Variables(http2Port, http1Port)).Append(new("SOCKET_PATH", socket)))
        {
            start.Environment[name] = value;
        }

        var server = new KestrelServer(Process.Start(start)!, http2Port, http1Port, socket);
        await server.WaitAsync();
        return server;
    }

    /// <summary>What tells the program where to listen.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(int http2Port, int http1Port) =>
        [
            new("HTTP2_PORT", http2Port.ToString(CultureInfo.InvariantCulture)),
            new("HTTP1_PORT", http1Port.ToString(CultureInfo.InvariantCulture)),
        ];

    public ServedLoad Load() => new(_http2Port, _http1Port);

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_socket);
    }

    private async Task WaitAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, _http1Port);
                return;
            }
            catch (SocketException) when (watch.Elapsed < Patience && !_process.HasExited)
            {
                await Task.Delay(20);
            }
        }
    }
}
