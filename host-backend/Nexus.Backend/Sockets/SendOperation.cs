using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Nexus.Backend.Sockets;

/// <summary>Sends all of a buffer, which may have several parts.</summary>
internal sealed class SendOperation(Socket socket) : SocketOperation
{
    private readonly List<ArraySegment<byte>> _parts = [];
    private ReadOnlySequence<byte> _left;

    public ValueTask StartAsync(ReadOnlySequence<byte> buffer, CancellationToken cancellation)
    {
        _left = buffer;
        return TryStart(cancellation, out _) ? ValueTask.CompletedTask : new ValueTask(this, Token);
    }

    protected override SocketError Attempt(out int result)
    {
        result = 0;
        while (!_left.IsEmpty)
        {
            var sent = _left.IsSingleSegment ? socket.Send(_left.FirstSpan, SocketFlags.None, out var error) : SendParts(out error);
            if (error != SocketError.Success)
            {
                return error;
            }

            _left = _left.Slice(sent);
        }

        return SocketError.Success;
    }

    protected override Exception Describe(SocketError error)
    {
        var cause = new SocketException((int)error);
        return new IOException($"Unable to write data to the transport connection: {cause.Message}.", cause);
    }

    /// <summary>One system call for all parts.</summary>
    private int SendParts(out SocketError error)
    {
        foreach (var part in _left)
        {
            if (!MemoryMarshal.TryGetArray(part, out var array))
            {
                break;
            }

            _parts.Add(array);
        }

        var sent =
            _parts.Count > 0 ? socket.Send(_parts, SocketFlags.None, out error) : socket.Send(_left.FirstSpan, SocketFlags.None, out error);
        _parts.Clear();
        return sent;
    }
}
