using Nexus.Vmm.Memory;
using Nexus.Vmm.Snapshots;

namespace Nexus.Vmm.Devices.Virtio;

/// <summary>
/// The device's side of a split virtqueue (virtio specification 1.2, section 2.7). Every index and descriptor is read once, checked, and used from the copy;
/// whatever is out of bounds ends the guest.
/// </summary>
internal sealed class VirtQueue(GuestMemory memory)
{
    private const ushort FlagNext = 1;
    private const ushort FlagWritable = 2;
    private const ushort FlagIndirect = 4;
    private const ushort FlagNoInterrupt = 1;
    private const ushort FlagNoNotify = 1;
    private const int DescriptorBytes = 16;
    private const int RingHeader = 4;
    private readonly DescriptorChain _chain = new(memory);
    private ushort _next;
    private ushort _used;

    /// <summary>Entries, as the guest chose; a power of two.</summary>
    public int Size { get; private set; } = VirtioDevice.QueueEntries;

    /// <summary>Whether the guest has set it up.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Where the descriptors are; set before <see cref="Start"/>.</summary>
    public ulong Descriptors { get; set; }

    /// <summary>Where the guest's ring is.</summary>
    public ulong Available { get; set; }

    /// <summary>Where the device's ring is.</summary>
    public ulong Used { get; set; }

    /// <summary>The guest chooses a size, 1 to 256 and a power of two; anything else is a violation.</summary>
    public void Resize(uint size)
    {
        if (size is 0 or > VirtioDevice.QueueEntries || (size & (size - 1)) != 0 || IsReady)
        {
            throw new GuestViolationException($"queue size {size}");
        }

        Size = (int)size;
    }

    /// <summary>The guest says that the queue is set up.</summary>
    public void Start()
    {
        if (
            (Descriptors & 15) != 0
            || (Available & 1) != 0
            || (Used & 3) != 0
            || !memory.Contains(Descriptors, (ulong)(Size * DescriptorBytes))
            || !memory.Contains(Available, (ulong)(RingHeader + (Size * 2) + 2))
            || !memory.Contains(Used, (ulong)(RingHeader + (Size * 8) + 2))
        )
        {
            throw new GuestViolationException($"a queue at 0x{Descriptors:x}, 0x{Available:x}, 0x{Used:x}");
        }

        IsReady = true;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Size = VirtioDevice.QueueEntries;
        IsReady = false;
        Descriptors = Available = Used = 0;
        _next = _used = 0;
    }

    /// <summary>Takes the next chain of buffers; the same object each time, valid until the next call.</summary>
    public bool TryTake(out DescriptorChain chain)
    {
        chain = _chain;
        if (!IsReady)
        {
            return false;
        }

        var published = memory.ReadUInt16(Available + 2);
        var waiting = (ushort)(published - _next);
        if (waiting == 0)
        {
            return false;
        }

        if (waiting > Size)
        {
            throw new GuestViolationException($"{waiting} buffers announced in a queue of {Size}");
        }

        // The index was read before the entry it covers; x86 does not reorder loads, the compiler must not either.
        Thread.MemoryBarrier();
        var head = memory.ReadUInt16(Available + RingHeader + (ulong)(_next % Size * 2));
        _next++;
        Walk(head);
        return true;
    }

    /// <summary>
    /// Takes the next chain of a queue that the guest fills in advance. The guest is to say so only while the queue is empty: each time that it says so it leaves
    /// for the monitor.
    /// </summary>
    public bool TryTakeStored(out DescriptorChain chain)
    {
        chain = _chain;
        if (!IsReady)
        {
            return false;
        }

        if (!TryTake(out chain))
        {
            // What the guest adds before it sees the wish is found by the second look.
            memory.WriteUInt16(Used, 0);
            Thread.MemoryBarrier();
            if (!TryTake(out chain))
            {
                return false;
            }
        }

        memory.WriteUInt16(Used, FlagNoNotify);
        return true;
    }

    /// <summary>Gives a chain back.</summary>
    /// <param name="head">Its first descriptor.</param>
    /// <param name="written">Bytes written into its writable buffers.</param>
    public void GiveBack(ushort head, uint written)
    {
        var entry = Used + RingHeader + (ulong)(_used % Size * 8);
        memory.WriteUInt32(entry, head);
        memory.WriteUInt32(entry + 4, written);
        _used++;
        Thread.MemoryBarrier();
        memory.WriteUInt16(Used + 2, _used);
    }

    /// <summary>Whether the guest wants an interrupt for what was given back.</summary>
    public bool WantsInterrupt
    {
        get
        {
            Thread.MemoryBarrier();
            return IsReady && (memory.ReadUInt16(Available) & FlagNoInterrupt) == 0;
        }
    }

    public void Save(StateWriter state)
    {
        state.Put16((ushort)Size);
        state.Put8(IsReady ? (byte)1 : (byte)0);
        state.Put64(Descriptors);
        state.Put64(Available);
        state.Put64(Used);
        state.Put16(_next);
        state.Put16(_used);
    }

    public void Load(StateReader state)
    {
        Reset();
        Resize(state.Get16());
        var ready = state.Get8() != 0;
        Descriptors = state.Get64();
        Available = state.Get64();
        Used = state.Get64();
        _next = state.Get16();
        _used = state.Get16();
        if (ready)
        {
            Start();
        }
    }

    private void Walk(ushort head)
    {
        _chain.Begin(head);
        var index = head;
        Span<byte> copy = stackalloc byte[DescriptorBytes];
        for (var count = 0; ; count++)
        {
            if (index >= Size || count == Size)
            {
                throw new GuestViolationException(count == Size ? "a chain of buffers that never ends" : $"descriptor {index} of {Size}");
            }

            memory.Slice(Descriptors + (ulong)(index * DescriptorBytes), DescriptorBytes).CopyTo(copy);
            var descriptor = Descriptor.Parse(copy);
            if ((descriptor.Flags & FlagIndirect) != 0)
            {
                throw new GuestViolationException("an indirect descriptor, which was not offered");
            }

            _chain.Add(descriptor.Address, descriptor.Length, (descriptor.Flags & FlagWritable) != 0);
            if ((descriptor.Flags & FlagNext) == 0)
            {
                return;
            }

            index = descriptor.Next;
        }
    }
}
