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
    private readonly object _gate = new();

    /// <summary>Over TCP to whoever sends the events.</summary>
    public static FrameChannel Connect(string address)
    {
        var client = new TcpClient { NoDelay = true };
        client.Connect(IPEndPoint.Parse(address));
        var stream = client.GetStream();
        return new FrameChannel(stream, stream);
    }

    public Invocation? ReadInvocation()
    {
        var head = new byte[RequestIdBytes + 12];
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
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
