using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Memory;

namespace Nexus.Vmm.Tests.Support;

/// <summary>The guest's side of one virtqueue, in a memory of its own, through the transport's registers.</summary>
internal sealed class TestQueue
{
    private readonly ulong _base;
    private readonly VirtioTransport _transport;
    private readonly GuestMemory _memory;
    private readonly int _queue;
    private readonly int _size;
    private ushort _published;

    public TestQueue(VirtioTransport transport, GuestMemory memory, int queue, int size = 16)
    {
        (_transport, _memory, _queue, _size) = (transport, memory, queue, size);
        _base = 0x10000 + ((ulong)queue * 0x4000);
        Write(VirtioRegister.QueueSelect, (uint)queue);
        Write(VirtioRegister.QueueSize, (uint)size);
        Write(VirtioRegister.QueueDescriptorsLow, (uint)Descriptors);
        Write(VirtioRegister.QueueDriverLow, (uint)Available);
        Write(VirtioRegister.QueueDeviceLow, (uint)Used);
        Write(VirtioRegister.QueueReady, 1);
    }

    public ulong Descriptors => _base;

    public ulong Available => _base + 0x1000;

    public ulong Used => _base + 0x2000;

    /// <summary>How many chains came back.</summary>
    public int UsedCount => _memory.ReadUInt16(Used + 2);

    /// <summary>Bytes written into the chain that came back as number n.</summary>
    public uint WrittenInto(int number) => _memory.ReadUInt32(Used + 4 + (ulong)(number % _size * 8) + 4);

    public void Descriptor(int index, ulong address, uint length, bool writable, int? next)
    {
        var entry = Descriptors + ((ulong)index * 16);
        _memory.WriteUInt64(entry, address);
        _memory.WriteUInt32(entry + 8, length);
        _memory.WriteUInt16(entry + 12, (ushort)((next is null ? 0 : 1) | (writable ? 2 : 0)));
        _memory.WriteUInt16(entry + 14, (ushort)(next ?? 0));
    }

    public void Publish(ushort head)
    {
        _memory.WriteUInt16(Available + 4 + (ulong)(_published % _size * 2), head);
        _memory.WriteUInt16(Available + 2, ++_published);
    }

    public void Notify() => Write(VirtioRegister.QueueNotify, (uint)_queue);

    /// <summary>Brings the device to life as a driver does.</summary>
    public static VirtioTransport Start(VirtioDevice device, GuestMemory memory, Action? raised = null)
    {
        var transport = new VirtioTransport(device, memory, raised ?? (static () => { }));
        foreach (
            var (register, value) in new (ulong, uint)[]
            {
                (VirtioRegister.Status, 0),
                (VirtioRegister.Status, 3),
                (VirtioRegister.DriverFeaturesSelect, 1),
                (VirtioRegister.DriverFeatures, 1),
                (VirtioRegister.DriverFeaturesSelect, 0),
                (VirtioRegister.DriverFeatures, (uint)device.Features),
                (VirtioRegister.Status, 11),
                (VirtioRegister.Status, 15),
            }
        )
        {
            transport.WriteMemory(register, BitConverter.GetBytes(value));
        }

        return transport;
    }

    private void Write(ulong register, uint value) => _transport.WriteMemory(register, BitConverter.GetBytes(value));
}
