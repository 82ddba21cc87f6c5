using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Balloon;
using Nexus.Vmm.Devices.Virtio.Block;
using Nexus.Vmm.Devices.Virtio.Console;
using Nexus.Vmm.Devices.Virtio.Entropy;
using Nexus.Vmm.Devices.Virtio.Net;
using Nexus.Vmm.Devices.Virtio.Pmem;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Tests.Support;
using Nexus.Vmm.Tests.Support.Interop;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>Every virtio device under a driver that breaks the rules at random: it ends the guest or goes on, and nothing else happens to the monitor.</summary>
[TestClass]
public sealed class DeviceFuzzTests
{
    private const int Lives = 3000;

    // Each discarded page is a system call.
    private const int BalloonLives = 600;
    private const int Seed = 20260104;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public void Entropy_RandomDriver_EndsTheGuestAtMost() => Fuzz(static () => new EntropyDevice(), static (_, _) => { });

    [TestMethod]
    public void Balloon_RandomDriver_EndsTheGuestAtMost() =>
        Fuzz(
            static () => new BalloonDevice(),
            static (transport, random) =>
            {
                lock (transport.Gate)
                {
                    ((BalloonDevice)transport.Device).TargetPages = (uint)random.Next();
                    transport.NoteConfigurationChange();
                }
            },
            BalloonLives
        );

    [TestMethod]
    public void Console_RandomDriver_EndsTheGuestAtMost() =>
        Fuzz(
            static () => new ConsoleDevice("nexus.wake"),
            static (transport, random) =>
            {
                lock (transport.Gate)
                {
                    var port = (ConsoleDevice)transport.Device;
                    if (random.Next(2) == 0)
                    {
                        port.Wake();
                    }
                    else
                    {
                        port.NoteRestore(new byte[ConsoleDevice.RestoreSeedBytes]);
                    }
                }

                transport.Push(ConsoleDevice.ReceiveQueue);
            }
        );

    [TestMethod]
    public void Block_RandomDriver_EndsTheGuestAtMost()
    {
        using var image = MemoryMapping.CreateMemory("disk", 1 << 20);
        Fuzz(() => new BlockDevice(image, "fuzz"u8), static (_, _) => { });
    }

    [TestMethod]
    public void Pmem_RandomDriver_EndsTheGuestAtMost()
    {
        using var image = MemoryMapping.CreateMemory("pmem", PmemDevice.Alignment);
        using var device = new PmemDevice(image, GuestLayout.PersistentMemory);
        Fuzz(() => device, static (_, _) => { });
    }

    [TestMethod]
    public void Net_RandomDriver_EndsTheGuestAtMost()
    {
        var (guestEnd, hostEnd) = SocketPair.Create();
        using (guestEnd)
        using (hostEnd)
        {
            var card = new NetDevice(guestEnd);
            using var room = card.Room;
            var frame = new byte[70_000];
            Fuzz(
                () => card,
                (transport, random) =>
                {
                    hostEnd.Send(frame.AsSpan(0, random.Next(frame.Length)));
                    // What the guest has sent would fill the link.
                    _ = hostEnd.Receive(frame);
                    transport.Push(NetDevice.ReceiveQueue);
                }
            );
        }
    }

    [TestMethod]
    public void Driver_OfADeviceThatTrustsItsGuest_FindsThat() =>
        Assert.ThrowsExactly<IndexOutOfRangeException>(() => Fuzz(static () => new TrustingDevice(), static (_, _) => { }));

    /// <param name="create">Makes the device.</param>
    /// <param name="host">What the host's side may do.</param>
    /// <param name="lives">How many devices.</param>
    private void Fuzz(Func<VirtioDevice> create, Action<VirtioTransport, Random> host, int lives = Lives)
    {
        lives = FuzzLength.Of(lives);
        using var memory = GuestMemory.Create(16 << 20);
        var random = new Random(Seed);
        var driver = new HostileDriver(memory, random);
        for (var life = 0; life < lives; life++)
        {
            driver.Run(create, transport => host(transport, random));
        }

        TestContext.WriteLine($"{driver.Taken} steps, {driver.Violations} of {lives} guests ended");
        // A driver whose guests all end, or never do, tries nothing.
        Assert.IsTrue(driver.Violations > lives / 100 && driver.Violations < lives * 9 / 10, $"{driver.Violations}");
    }
}
