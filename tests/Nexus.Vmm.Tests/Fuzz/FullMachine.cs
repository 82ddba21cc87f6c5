using Nexus.Vmm.Devices.Virtio.Pmem;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Machine;
using Nexus.Vmm.Tests.Support.Interop;

namespace Nexus.Vmm.Tests.Fuzz;

/// <summary>A small machine with every device there is, and the host's ends of them.</summary>
internal sealed class FullMachine : IDisposable
{
    private const long RegionBytes = 1 << 16;
    private readonly FrameLink _network;
    private readonly List<IDisposable> _owned = [];
    private readonly byte[] _frame = new byte[2000];

    public FullMachine()
    {
        var disk = Own(MemoryMapping.CreateMemory("disk", 1 << 20));
        var memory = Own(MemoryMapping.CreateMemory("pmem", PmemDevice.Alignment));
        var region = Own(MemoryMapping.CreateMemory("region", RegionBytes));
        MemoryMapping.Seal(region, content: false);
        (var card, _network) = SocketPair.Create();
        Own(card);
        Own(_network);
        ToGuest = Own(EventFile.Create());
        Options = new MachineOptions
        {
            MemoryBytes = 48 << 20,
            Disks = [disk],
            PersistentMemory = [memory],
            Network = card,
            Shared = new SharedRegionOptions(region, Own(EventFile.Create()), ToGuest),
        };
    }

    public MachineOptions Options { get; }

    public EventFile ToGuest { get; }

    /// <summary>What a host does to a guest: a frame, a ring, a wish for memory.</summary>
    public void Disturb(VirtualMachine machine, Random random)
    {
        _network.Send(_frame.AsSpan(0, FrameLink.HeaderBytes + random.Next(1500)));
        _ = _network.Receive(_frame);
        ToGuest.Signal();
        machine.Devices.SetBalloon(random.Next(32) << 20);
    }

    public void Dispose() => _owned.ForEach(static o => o.Dispose());

    private T Own<T>(T part)
        where T : IDisposable
    {
        _owned.Add(part);
        return part;
    }
}
