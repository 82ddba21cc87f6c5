using Nexus.Guest;
using Nexus.Guest.Host;
using Nexus.Guest.Host.Lambda;

// The sandbox starts this program in the function's folder; `_HANDLER` names the handler as on Lambda.
var server = new InvocationServer();
GuestChannel.ServeCalls(server.OnCall);
if (GuestChannel.Current is not { } channel)
{
    return await StandardStreams.RunAsync().ConfigureAwait(false);
}

var initialized = server.Initialize(channel, LambdaLog.ToStandardOutput());
channel.Peer.SessionRestarted += server.OnSessionRestarted;
var announced = server.AnnounceAsync();
if (!initialized)
{
    await announced.ConfigureAwait(false);
    return 1;
}

channel.Pump.Run();
return 0;
