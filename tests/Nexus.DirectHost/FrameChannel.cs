using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nexus.DirectHost;

/// <summary>
/// Invocations in: 36 bytes request id, 8 bytes deadline (Unix ms), 4 bytes length, event. Frames out: 1 byte <see cref="FrameKind"/>,
/// 4 bytes length, content. Numbers are little-endian.
/// </summary>
internal sealed class FrameChannel(Stream input, Stream output)
{
    private const int RequestIdBytes = 36;
    private const int MostAttempts = 1200;
    private const int MillisecondsBetweenAttempts = 50;
    private readonly object _gate = new();

    /// <summary>Over TCP to whoever sends the events; null if nobody does within a minute.</summary>
    public static FrameChannel? TryConnect(string address)
    {
        var target = IPEndPoint.Parse(address);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var client = new TcpClient { NoDelay = true };
            try
            {
                client.Connect(target);
                var stream = client.GetStream();
                return new FrameChannel(stream, stream);
            }
            catch (SocketException)
            {
                client.Dispose();
                Thread.Sleep(MillisecondsBetweenAttempts);
            }
        }

        return null;
    }

    public Invocation? ReadInvocation()
    {
        var head = new byte[RequestIdBytes + 12];
        try
        {
            if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            {
                return null;
            }
        }
        catch (IOException)
        {
            // The other end of a connection is gone without having said so.
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(RequestIdBytes + 8))];
        input.ReadExactly(payload);
        return new Invocation(
            Encoding.ASCII.GetString(head, 0, RequestIdBytes),
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(RequestIdBytes))),
            payload
        );
    }

    public void Write(FrameKind kind, ReadOnlySpan<byte> content)
    {
        var frame = new byte[5 + content.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsSpan(5));
        lock (_gate)
        {
            output.Write(frame);
            output.Flush();
        }
    }
}
