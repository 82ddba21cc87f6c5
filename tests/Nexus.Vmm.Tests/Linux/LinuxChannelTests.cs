extern alias channel;

using System.Diagnostics;
using channel::Nexus.Channel;
using channel::Nexus.Channel.Interop;
using channel::Nexus.Channel.TestPeer;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support;

namespace Nexus.Vmm.Tests.Linux;

/// <summary>The channel between this process and a program in a stock kernel's user space, without a network or a module of ours.</summary>
[TestClass]
[TestCategory(Host.Kvm)]
public sealed class LinuxChannelTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Channel_GuestUserSpace_CallsGoBothWays()
    {
        using var kvm = Host.OpenKvm();
        var parts = await Host.PartsAsync();
        var region = ChannelRegion.Create(new ChannelOptions(256, 1 << 20));
        var toGuest = EventDoorbell.Create();
        var toBackend = EventDoorbell.Create();
        var shared = new SharedRegionOptions(
            new OwnedDescriptor(region.Descriptor!.Number, ownsHandle: false),
            new EventFile(toBackend.Descriptor.Number, ownsHandle: false),
            new EventFile(toGuest.Descriptor.Number, ownsHandle: false)
        );
        using var machine = LinuxGuest.Boot(kvm, parts, "channel", new MachineOptions { Shared = shared });
        var service = new TestService();
        using var pump = new ChannelPump("host", mostThreads: 4, spinMicroseconds: 0);
        using var peer = new ChannelPeer(region, ChannelRole.Backend, toGuest, toBackend, service.Accept);
        pump.Add(peer, toBackend);
        pump.Start();
        // A guest that sees no heartbeat ends itself.
        using var beats = new Timer(_ => peer.Beat(), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        machine.Start();
        await machine.Prints("guest: serving");

        foreach (var size in new long[] { 0, 1, 1000, 100_000, 3_000_000 })
        {
            await peer.EchoAsync(size, blockBytes: 64 * 1024, TimeSpan.FromSeconds(30));
        }

        await peer.AskAsync(new TestHead(TestCommand.CallBack, Size: 10_000, Count: 3), TimeSpan.FromSeconds(30));
        const int rounds = 200;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < rounds; i++)
        {
            await peer.EchoAsync(100, 100, TimeSpan.FromSeconds(30));
        }

        TestContext.WriteLine($"{watch.Elapsed.TotalMicroseconds / rounds:0} us per round trip of 100 bytes, {machine.Exits} exits");
    }
}
