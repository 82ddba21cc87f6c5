using Nexus.Channel;
using Nexus.Channel.Interop;
using Nexus.Channel.TestPeer;

// Arguments: descriptors of the region, of the doorbell to the backend and of the one to the guest. Lives until its input ends.
var (region, toBackend, toGuest) = (
    int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture),
    int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture),
    int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture)
);
var service = new TestService();
var own = new EventDoorbell(new FileDescriptor(toGuest));
using var pump = new ChannelPump("test-peer", mostThreads: 4, spinMicroseconds: 0);
var peer = new ChannelPeer(
    ChannelRegion.Attach(new FileDescriptor(region)),
    ChannelRole.Guest,
    new EventDoorbell(new FileDescriptor(toBackend)),
    own,
    service.Accept
);
peer.SessionRestarted += service.CountRestart;
pump.Add(peer, own);
pump.Start();
Console.In.ReadToEnd();
