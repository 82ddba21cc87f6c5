using System.Buffers.Binary;
using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Virtio;

/// <summary>A virtio device on a page of memory-mapped registers.</summary>
internal sealed class VirtioTransport : IMemoryDevice
{
    private const uint MagicValue = 0x74726976;
    private const uint Vendor = 0x5358454E;
    private const ulong Version1 = 1ul << 32;
    private const uint QueueInterrupt = 1;
    private const uint ConfigurationInterrupt = 2;
    private const uint FeaturesOk = 8;
    private const uint DriverOk = 4;
    private readonly Action _raise;
    private readonly List<VirtQueue> _queues = [];
    private uint _deviceFeaturesSelect;
    private uint _driverFeaturesSelect;
    private ulong _driverFeatures;
    private uint _queueSelect;
    private uint _status;
    private uint _interruptStatus;
    private uint _generation;

    /// <param name="device">What is behind it.</param>
    /// <param name="memory">The guest's memory.</param>
    /// <param name="raise">Raises the device's interrupt line, an edge.</param>
    public VirtioTransport(VirtioDevice device, GuestMemory memory, Action raise)
    {
        Device = device;
        _raise = raise;
        for (var i = 0; i < device.QueueCount; i++)
        {
            _queues.Add(new VirtQueue(memory));
        }

        device.Connect(memory, _queues);
    }

    public VirtioDevice Device { get; }

    /// <summary>Held whenever the device is touched: by the processor's thread and by threads that bring input.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether the guest's driver has finished setting the device up.</summary>
    public bool IsRunning => (_status & DriverOk) != 0;

    public void ReadMemory(ulong offset, Span<byte> data)
    {
        lock (Gate)
        {
            if (offset >= VirtioRegister.Configuration)
            {
                ReadConfiguration((int)(offset - VirtioRegister.Configuration), data);
            }
            else if (data.Length == 4 && (offset & 3) == 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(data, ReadRegister(offset));
            }
            else
            {
                data.Clear();
            }
        }
    }

    public void WriteMemory(ulong offset, ReadOnlySpan<byte> data)
    {
        lock (Gate)
        {
            if (offset >= VirtioRegister.Configuration)
            {
                Device.WriteConfiguration((int)(offset - VirtioRegister.Configuration), data);
            }
            else if (data.Length == 4 && (offset & 3) == 0)
            {
                WriteRegister(offset, BinaryPrimitives.ReadUInt32LittleEndian(data));
            }
        }
    }

    /// <summary>Lets the device look at a queue again, because there is something for the guest; from any thread.</summary>
    public void Push(int queue)
    {
        lock (Gate)
        {
            Process(queue);
        }
    }

    /// <summary>Tells the guest that the configuration space is another one now; the gate is held.</summary>
    public void NoteConfigurationChange()
    {
        _generation++;
        _interruptStatus |= ConfigurationInterrupt;
        _raise();
    }

    public void Save(StateWriter state)
    {
        lock (Gate)
        {
            state.Put32(Device.DeviceId);
            state.Put32(_deviceFeaturesSelect);
            state.Put32(_driverFeaturesSelect);
            state.Put64(_driverFeatures);
            state.Put32(_queueSelect);
            state.Put32(_status);
            state.Put32(_interruptStatus);
            state.Put32(_generation);
            foreach (var queue in _queues)
            {
                queue.Save(state);
            }

            Device.Save(state);
        }
    }

    public void Load(StateReader state)
    {
        lock (Gate)
        {
            var id = state.Get32();
            if (id != Device.DeviceId)
            {
                throw VmmDiagnostics.SnapshotMismatch.With($"device {id} where this machine has {Device.Name}");
            }

            _deviceFeaturesSelect = state.Get32();
            _driverFeaturesSelect = state.Get32();
            _driverFeatures = state.Get64();
            _queueSelect = state.Get32();
            _status = state.Get32();
            _interruptStatus = state.Get32();
            _generation = state.Get32();
            foreach (var queue in _queues)
            {
                queue.Load(state);
            }

            Device.Load(state);
            if (IsRunning)
            {
                Device.Accept(_driverFeatures);
            }
        }
    }

    private ulong Offered => Device.Features | Version1;

    private uint ReadRegister(ulong offset) =>
        offset switch
        {
            VirtioRegister.Magic => MagicValue,
            VirtioRegister.Version => 2,
            VirtioRegister.DeviceId => Device.DeviceId,
            VirtioRegister.VendorId => Vendor,
            VirtioRegister.DeviceFeatures => _deviceFeaturesSelect switch
            {
                0 => (uint)Offered,
                1 => (uint)(Offered >> 32),
                _ => 0,
            },
            VirtioRegister.QueueMost => _queueSelect < _queues.Count ? VirtioDevice.QueueEntries : 0u,
            VirtioRegister.QueueReady => SelectedQueue is { IsReady: true } ? 1u : 0u,
            VirtioRegister.InterruptStatus => _interruptStatus,
            VirtioRegister.Status => _status,
            VirtioRegister.ConfigGeneration => _generation,
            // The length of a shared memory region that does not exist reads as all ones.
            >= 0x0B0 and < 0x0C0 => uint.MaxValue,
            _ => 0,
        };

    private void WriteRegister(ulong offset, uint value)
    {
        switch (offset)
        {
            case VirtioRegister.DeviceFeaturesSelect:
                _deviceFeaturesSelect = value;
                break;
            case VirtioRegister.DriverFeaturesSelect:
                _driverFeaturesSelect = value;
                break;
            case VirtioRegister.DriverFeatures:
                WriteFeatures(value);
                break;
            case VirtioRegister.QueueSelect:
                _queueSelect = value;
                break;
            case VirtioRegister.QueueNotify:
                if (value >= _queues.Count)
                {
                    throw new GuestViolationException($"{Device.Name}: queue {value} of {_queues.Count}");
                }

                Process((int)value);
                break;
            case VirtioRegister.InterruptAcknowledge:
                _interruptStatus &= ~value;
                break;
            case VirtioRegister.Status:
                WriteStatus(value);
                break;
            default:
                if (SelectedQueue is { } queue)
                {
                    WriteQueue(queue, offset, value);
                }

                break;
        }
    }

    private VirtQueue? SelectedQueue => _queueSelect < _queues.Count ? _queues[(int)_queueSelect] : null;

    private void Process(int queue)
    {
        if (!IsRunning)
        {
            return;
        }

        if (Device.Process(queue) && Device.WantsInterrupt(queue))
        {
            _interruptStatus |= QueueInterrupt;
            _raise();
        }
    }

    private void WriteFeatures(uint value)
    {
        var shift = _driverFeaturesSelect switch
        {
            0 => 0,
            1 => 32,
            _ => -1,
        };
        if (shift >= 0 && (_status & FeaturesOk) == 0)
        {
            _driverFeatures = (_driverFeatures & ~(0xFFFFFFFFul << shift)) | ((ulong)value << shift);
        }
    }

    private void WriteStatus(uint value)
    {
        if (value == 0)
        {
            _status = _interruptStatus = 0;
            _driverFeatures = 0;
            _queues.ForEach(static q => q.Reset());
            Device.Reset();
            return;
        }

        // A driver that accepts something else than offered, or not the present version, sees that its choice was not taken.
        if ((value & FeaturesOk) != 0 && ((_driverFeatures & ~Offered) != 0 || (_driverFeatures & Version1) == 0))
        {
            value &= ~FeaturesOk;
        }

        var starts = (value & DriverOk) != 0 && !IsRunning;
        _status = value & 0xFF;
        if (starts)
        {
            Device.Accept(_driverFeatures);
        }
    }

    private static void WriteQueue(VirtQueue queue, ulong offset, uint value)
    {
        if (offset == VirtioRegister.QueueReady)
        {
            if (value == 0)
            {
                queue.Reset();
            }
            else if (!queue.IsReady)
            {
                queue.Start();
            }

            return;
        }

        if (queue.IsReady)
        {
            // Addresses of a queue in use stay what they were when they were checked.
            return;
        }

        switch (offset)
        {
            case VirtioRegister.QueueSize:
                queue.Resize(value);
                break;
            case VirtioRegister.QueueDescriptorsLow:
                queue.Descriptors = Low(queue.Descriptors, value);
                break;
            case VirtioRegister.QueueDescriptorsHigh:
                queue.Descriptors = High(queue.Descriptors, value);
                break;
            case VirtioRegister.QueueDriverLow:
                queue.Available = Low(queue.Available, value);
                break;
            case VirtioRegister.QueueDriverHigh:
                queue.Available = High(queue.Available, value);
                break;
            case VirtioRegister.QueueDeviceLow:
                queue.Used = Low(queue.Used, value);
                break;
            case VirtioRegister.QueueDeviceHigh:
                queue.Used = High(queue.Used, value);
                break;
            default:
                break;
        }
    }

    private void ReadConfiguration(int offset, Span<byte> data)
    {
        data.Clear();
        var configuration = Device.Configuration;
        if (offset < configuration.Length)
        {
            var part = configuration.Slice(offset, Math.Min(data.Length, configuration.Length - offset));
            part.CopyTo(data);
        }
    }

    private static ulong Low(ulong address, uint value) => (address & 0xFFFFFFFF00000000) | value;

    private static ulong High(ulong address, uint value) => (address & 0xFFFFFFFF) | ((ulong)value << 32);
}
