using System.Net.Sockets;

namespace Nexus.Backend.Sockets;

/// <summary>Sends all of a buffer.</summary>
internal sealed class SendOperation(Socket socket) : SocketOperation
{
    private ReadOnlyMemory<byte> _left;

    public ValueTask StartAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        _left = buffer;
        return TryStart(cancellation, out _) ? ValueTask.CompletedTask : new ValueTask(this, Token);
    }

    protected override SocketError Attempt(out int result)
    {
        result = 0;
        while (!_left.IsEmpty)
        {
            var sent = socket.Send(_left.Span, SocketFlags.None, out var error);
            if (error != SocketError.Success)
            {
                return error;
            }

            _left = _left[sent..];
        }

        return SocketError.Success;
    }

    protected override Exception Describe(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException($"Unable to write data to the transport connection: {cause.Message}.", cause);
    }
}
