using System.Net.Sockets;

namespace Nexus.Backend.Sockets;

/// <summary>Receives what there is; an empty buffer waits until there is something, or the end.</summary>
internal sealed class ReceiveOperation(Socket socket) : SocketOperation
{
    private Memory<byte> _buffer;

    public ValueTask<int> StartAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        _buffer = buffer;
        return TryStart(cancellation, out var received) ? new ValueTask<int>(received) : new ValueTask<int>(this, Token);
    }

    protected override SocketError Attempt(out int result)
    {
        SocketError error;
        if (_buffer.IsEmpty)
        {
            Span<byte> one = stackalloc byte[1];
            socket.Receive(one, SocketFlags.Peek, out error);
            result = 0;
        }
        else
        {
            result = socket.Receive(_buffer.Span, SocketFlags.None, out error);
        }

        return error;
    }

    protected override Exception Describe(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException($"Unable to read data from the transport connection: {cause.Message}.", cause);
    }
}
