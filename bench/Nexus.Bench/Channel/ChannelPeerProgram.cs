using System.Globalization;
using Nexus.Channel;
using Nexus.Channel.Interop;

namespace Nexus.Bench.Channel;

/// <summary>The guest's process: one pump and one peer per three descriptors, like that many instances.</summary>
internal static class ChannelPeerProgram
{
    public static int Run(string[] args)
    {
        var numbers = Array.ConvertAll(args, text => int.Parse(text, CultureInfo.InvariantCulture));
        for (var at = 1; at < numbers.Length; at += 3)
        {
            var own = new EventDoorbell(new FileDescriptor(numbers[at + 2]));
            var pump = new ChannelPump("guest", mostThreads: 2, spinMicroseconds: numbers[0]);
            var peer = new ChannelPeer(
                ChannelRegion.Attach(new FileDescriptor(numbers[at])),
                ChannelRole.Guest,
                new EventDoorbell(new FileDescriptor(numbers[at + 1])),
                own,
                BenchService.Accept
            );
            pump.Add(peer, own);
            pump.Start();
        }

        Console.WriteLine("ready");
        Console.In.ReadToEnd();
        return 0;
    }
}
