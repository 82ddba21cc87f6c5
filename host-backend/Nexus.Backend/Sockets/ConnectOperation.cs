using System.Net;
using System.Net.Sockets;

namespace Nexus.Backend.Sockets;

/// <summary>Connects: once begun, the socket's own error tells how it went as soon as the socket can be written to.</summary>
internal sealed class ConnectOperation(Socket socket, EndPoint remote) : SocketOperation
{
    private bool _begun;

    public ValueTask StartAsync(CancellationToken cancellation) =>
        TryStart(cancellation, out _) ? ValueTask.CompletedTask : new ValueTask(this, Token);

    protected override SocketError Attempt(out int result)
    {
        result = 0;
        if (_begun)
        {
            return socket.Poll(0, SelectMode.SelectWrite) ? LastError() : SocketError.WouldBlock;
        }

        _begun = true;
        try
        {
            socket.Connect(remote);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.InProgress or SocketError.WouldBlock
                ? SocketError.WouldBlock
                : failure.SocketErrorCode;
        }
    }

    protected override Exception Describe(SocketError error) => new SocketException((int)error);

    private SocketError LastError() => (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
}
