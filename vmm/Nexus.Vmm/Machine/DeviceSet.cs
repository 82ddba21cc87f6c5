using Nexus.Vmm.Devices;
using Nexus.Vmm.Devices.Control;
using Nexus.Vmm.Devices.Legacy;
using Nexus.Vmm.Devices.Serial;
using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Balloon;
using Nexus.Vmm.Devices.Virtio.Block;
using Nexus.Vmm.Devices.Virtio.Console;
using Nexus.Vmm.Devices.Virtio.Entropy;
using Nexus.Vmm.Devices.Virtio.Net;
using Nexus.Vmm.Devices.Virtio.Pmem;
using Nexus.Vmm.Interop;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Machine;

/// <summary>The devices of one machine, on their buses and interrupt lines.</summary>
internal sealed class DeviceSet : IDisposable
{
    private const int SerialLine = 4;
    private const int SharedSlot = 2;
    private const int FirstPmemSlot = 3;
    private const ulong PmemDistance = 64ul << 30;
    private readonly KvmVm _vm;
    private readonly GuestMemory _memory;
    private readonly List<IDisposable> _owned = [];
    private readonly SleepRegisters _sleep;

    public DeviceSet(KvmVm vm, GuestMemory memory, MachineOptions options, Action<ExitKind> end)
    {
        _vm = vm;
        _memory = memory;
        Serial = new SerialPort(options.SerialOutput, Line(SerialLine).Signal);
        Ports.Add(Serial);
        Ports.Add(new KeyboardController(() => end(ExitKind.Reset)));
        Ports.Add(new CmosClock());
        _sleep = new SleepRegisters(() => end(ExitKind.PowerOff));
        Ports.Add(_sleep);
        for (var i = 0; i < options.Disks.Count; i++)
        {
            Add(new BlockDevice(options.Disks[i], System.Text.Encoding.ASCII.GetBytes($"nexus-disk-{i}")));
        }

        for (var i = 0; i < options.PersistentMemory.Count; i++)
        {
            var pmem = new PmemDevice(options.PersistentMemory[i], GuestLayout.PersistentMemory + ((ulong)i * PmemDistance));
            _owned.Add(pmem);
            pmem.Attach(vm, FirstPmemSlot + i);
            Add(pmem);
        }

        if (options.HasEntropy)
        {
            Add(new EntropyDevice());
        }

        if (options.HasBalloon)
        {
            BalloonTransport = Add(new BalloonDevice(options.ReportsFreePages));
        }

        if (options.Network is { } link)
        {
            var card = new NetDevice(link);
            _owned.Add(card.Room);
            Card = Add(card);
        }

        WakePort = Add(new ConsoleDevice("nexus.wake"));
        Control = new ControlRegisters(() => end(ExitKind.PowerOff), options.Stages);
        Addresses.Add(GuestLayout.Control, GuestLayout.ControlBytes, Control);
        if (options.Shared is { } shared)
        {
            AttachShared(shared);
        }
    }

    public PortBus Ports { get; } = new();

    public MemoryBus Addresses { get; } = new();

    public SerialPort Serial { get; }

    /// <summary>What the guest's own programs tell the monitor.</summary>
    public ControlRegisters Control { get; }

    /// <summary>In the order of their addresses.</summary>
    public List<VirtioTransport> Virtio { get; } = [];

    /// <summary>The balloon; null if the machine has none.</summary>
    public VirtioTransport? BalloonTransport { get; }

    /// <summary>The network card; null if the machine has none.</summary>
    public VirtioTransport? Card { get; }

    /// <summary>The port that wakes the guest.</summary>
    public VirtioTransport WakePort { get; }

    /// <summary>Asks the guest to give memory back, or lets it have it again.</summary>
    /// <param name="bytes">How much is to be missing in the guest.</param>
    public void SetBalloon(long bytes)
    {
        if (BalloonTransport is { Device: BalloonDevice balloon } transport)
        {
            lock (transport.Gate)
            {
                balloon.TargetPages = (uint)(bytes / GuestMemory.Page);
                transport.NoteConfigurationChange();
            }
        }
    }

    /// <summary>What the guest says it has given up for now.</summary>
    public long BalloonBytes
    {
        get
        {
            if (BalloonTransport is not { Device: BalloonDevice balloon } transport)
            {
                return 0;
            }

            lock (transport.Gate)
            {
                return balloon.ActualPages * GuestMemory.Page;
            }
        }
    }

    /// <summary>All of them, in a fixed order.</summary>
    public void Save(StateWriter state)
    {
        Serial.Save(state);
        _sleep.Save(state);
        state.Put32((uint)Virtio.Count);
        Virtio.ForEach(v => v.Save(state));
    }

    /// <summary>Into devices of the same kinds.</summary>
    public void Load(StateReader state)
    {
        Serial.Load(state);
        _sleep.Load(state);
        var count = state.Get32();
        if (count != Virtio.Count)
        {
            throw VmmDiagnostics.SnapshotMismatch.With($"{count} devices in the snapshot, {Virtio.Count} here");
        }

        Virtio.ForEach(v => v.Load(state));
    }

    /// <summary>Tells a restored guest that it is a clone, with random bytes that no other clone has.</summary>
    public void NoteRestore()
    {
        Span<byte> fresh = stackalloc byte[ConsoleDevice.RestoreSeedBytes];
        KernelRandom.Fill(fresh);
        lock (WakePort.Gate)
        {
            ((ConsoleDevice)WakePort.Device).NoteRestore(fresh);
            WakePort.Push(ConsoleDevice.ReceiveQueue);
        }
    }

    public void Dispose() => _owned.ForEach(static o => o.Dispose());

    private VirtioTransport Add(VirtioDevice device)
    {
        var number = Virtio.Count;
        var transport = new VirtioTransport(device, _memory, Line(GuestLayout.FirstVirtioLine + number).Signal);
        Addresses.Add(
            GuestLayout.VirtioDevices + ((ulong)number * GuestLayout.VirtioDeviceBytes),
            GuestLayout.VirtioDeviceBytes,
            transport
        );
        Virtio.Add(transport);
        return transport;
    }

    private void AttachShared(SharedRegionOptions shared)
    {
        var length = shared.Memory.Length;
        var mapping = MemoryMapping.Shared(shared.Memory, length);
        _owned.Add(mapping);
        _vm.SetMemory(SharedSlot, GuestLayout.SharedRegion, (ulong)length, mapping.HostAddress);
        _vm.AttachStore(shared.ToHost, GuestLayout.Doorbell, length: 4);
    }

    private EventFile Line(int number)
    {
        var file = EventFile.Create();
        _owned.Add(file);
        _vm.AttachInterrupt(file, number);
        return file;
    }
}
