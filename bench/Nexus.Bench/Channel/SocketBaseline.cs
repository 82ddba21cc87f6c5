using System.Buffers.Binary;
using System.Net.Sockets;

namespace Nexus.Bench.Channel;

/// <summary>The same round trips over a Unix-domain socket with blocking calls: the fastest thing without shared memory.</summary>
internal sealed class SocketBaseline : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"nexus-bench-{Environment.ProcessId}-{Guid.NewGuid():N}.sock");
    private readonly Socket _socket = NewSocket();
    private readonly byte[] _buffer = new byte[(16 << 20) + 8];

    public SocketBaseline()
    {
        Process = new PeerProcess(["socket-peer", _path]);
        _socket.Connect(new UnixDomainSocketEndPoint(_path));
    }

    public PeerProcess Process { get; }

    /// <summary>Serves one connection until it ends.</summary>
    public static int Serve(string path)
    {
        using var listener = NewSocket();
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        Console.WriteLine("ready");
        using var socket = listener.Accept();
        var buffer = new byte[(16 << 20) + 8];
        while (ReceiveAll(socket, buffer.AsSpan(0, 8)))
        {
            var (size, answer) = (BinaryPrimitives.ReadInt32LittleEndian(buffer), BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(4)));
            ReceiveAll(socket, buffer.AsSpan(8, size));
            _ = buffer.AsSpan(8, size).IndexOf((byte)0);
            buffer.AsSpan(8, answer).Fill(1);
            SendAll(socket, buffer.AsSpan(8, Math.Max(1, answer)));
        }

        return 0;
    }

    public void RoundTrip(int size, int answer)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer, size);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(4), answer);
        _buffer.AsSpan(8, size).Fill(1);
        SendAll(_socket, _buffer.AsSpan(0, size + 8));
        ReceiveAll(_socket, _buffer.AsSpan(8, Math.Max(1, answer)));
        _ = _buffer.AsSpan(8, answer).IndexOf((byte)0);
    }

    public void Dispose()
    {
        _socket.Dispose();
        Process.Dispose();
        File.Delete(_path);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static void SendAll(Socket socket, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            data = data[socket.Send(data)..];
        }
    }

    private static bool ReceiveAll(Socket socket, Span<byte> data)
    {
        while (data.Length > 0)
        {
            var received = socket.Receive(data);
            if (received == 0)
            {
                return false;
            }

            data = data[received..];
        }

        return true;
    }
}
