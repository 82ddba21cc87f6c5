using Nexus.Guest;
using Nexus.Guest.Host;
using Nexus.Guest.Host.Lambda;

// The sandbox starts this program in the function's folder; `_HANDLER` names the handler as on Lambda.
var server = new InvocationServer();
GuestChannel.ServeCalls(server.OnCall);
if (!GuestChannel.IsOffered)
{
    return await StandardStreams.RunAsync().ConfigureAwait(false);
}

// The function is made before the channel is joined, so that a virtual machine's snapshot, which is taken then, has it.
var initialized = server.Initialize(LambdaLog.ToStandardOutput());
if (!initialized)
{
    GuestChannel.RefuseSnapshot();
}

var channel = GuestChannel.Current!;
server.Connect(channel);
channel.Peer.SessionRestarted += server.OnSessionRestarted;
var announced = server.AnnounceAsync();
if (!initialized)
{
    await announced.ConfigureAwait(false);
    return 1;
}

channel.Pump.Run();
return 0;
