using Nexus.Channel;
using Nexus.Channel.Messages;

namespace Nexus.Guest.AspNetCore;

/// <summary>Hands the backend's calls to the server of this process. A process has one; a second host that starts a server is told that nobody will call it.</summary>
internal static class ServerDirectory
{
    private static ChannelServer? _server;

    /// <summary>False when another server of this process is called already.</summary>
    public static bool TryEnter(ChannelServer server) => Interlocked.CompareExchange(ref _server, server, null) is null;

    public static void Leave(ChannelServer server) => Interlocked.CompareExchange(ref _server, null, server);

    public static void OnCall(ChannelCall call)
    {
        if (call.Protocol == ChannelProtocol.Serve && Volatile.Read(ref _server) is { } server)
        {
            server.OnCall(call);
            return;
        }

        call.Abort(call.Protocol == ChannelProtocol.Serve ? AbortCode.Refused : AbortCode.BadRequest);
        call.Dispose();
    }
}
