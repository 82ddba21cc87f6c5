using System.Buffers.Binary;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Memory;

/// <summary>
/// A guest's memory by its physical addresses. The guest changes it at any moment: whatever is decided on is read once, into a copy.
/// </summary>
internal sealed class GuestMemory : IDisposable
{
    public const long Page = 4096;
    private readonly MemoryMapping _mapping;
    private readonly bool _shared;

    private GuestMemory(MemoryMapping mapping, bool shared)
    {
        _mapping = mapping;
        _shared = shared;
        LowBytes = Math.Min(mapping.Length, (long)GuestLayout.DeviceHole);
    }

    /// <summary>All of it, in bytes.</summary>
    public long Bytes => _mapping.Length;

    /// <summary>Whether it began as somebody else's, of which pages are copied when they are written.</summary>
    public bool IsCopyOnWrite => !_shared;

    /// <summary>Where it is in this process.</summary>
    public ulong HostAddress => _mapping.HostAddress;

    /// <summary>The part below the devices' hole.</summary>
    public long LowBytes { get; }

    /// <summary>The part from 4 GiB on.</summary>
    public long HighBytes => Bytes - LowBytes;

    /// <summary>New memory in a memfd; pages exist once they are touched.</summary>
    public static GuestMemory Create(long bytes)
    {
        using var file = MemoryMapping.CreateMemory("guest-memory", bytes);
        return new GuestMemory(MemoryMapping.Shared(file, bytes), shared: true);
    }

    /// <summary>Memory that is a memfd of somebody else's, made as long as needed.</summary>
    public static GuestMemory Over(OwnedDescriptor file, long bytes)
    {
        MemoryMapping.Resize(file, bytes);
        return new GuestMemory(MemoryMapping.Shared(file, bytes), shared: true);
    }

    /// <summary>Memory that begins as a part of a file and is copied page by page when the guest writes.</summary>
    public static GuestMemory CopyOnWrite(OwnedDescriptor file, long bytes, long offset) =>
        new(MemoryMapping.Private(file, bytes, offset), shared: false);

    /// <summary>Shows it to the guest, in slots 0 and 1.</summary>
    public void Attach(KvmVm vm)
    {
        vm.SetMemory(0, 0, (ulong)LowBytes, _mapping.HostAddress);
        if (HighBytes > 0)
        {
            vm.SetMemory(1, GuestLayout.AboveHole, (ulong)HighBytes, _mapping.HostAddress + (ulong)LowBytes);
        }
    }

    /// <summary>The bytes at a guest address.</summary>
    /// <exception cref="GuestViolationException">Some of them are not memory.</exception>
    public Span<byte> Slice(ulong address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return _mapping.Slice(OffsetOf(address, (ulong)length), length);
    }

    /// <summary>The same by position in the file instead of by address; for snapshots.</summary>
    public Span<byte> AtOffset(long offset, int length) => _mapping.Slice(offset, length);

    /// <summary>Whether all bytes of a range are memory.</summary>
    public bool Contains(ulong address, ulong length) => TryOffset(address, length, out _);

    public ushort ReadUInt16(ulong address) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(address, 2));

    public uint ReadUInt32(ulong address) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(address, 4));

    public ulong ReadUInt64(ulong address) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(address, 8));

    public void WriteUInt16(ulong address, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Slice(address, 2), value);

    public void WriteUInt32(ulong address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Slice(address, 4), value);

    public void WriteUInt64(ulong address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Slice(address, 8), value);

    public void Write(ulong address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(Slice(address, bytes.Length));

    /// <summary>
    /// Gives the whole pages inside a range back to the host. They read as zero afterwards, or as the file that copy-on-write memory began with: what a
    /// guest has freed has no content.
    /// </summary>
    /// <exception cref="GuestViolationException">Some of the range is not memory.</exception>
    public void Discard(ulong address, uint length)
    {
        var offset = OffsetOf(address, length);
        var first = (offset + Page - 1) / Page * Page;
        var end = (offset + length) / Page * Page;
        if (first < end)
        {
            _mapping.Discard(first, (int)(end - first), _shared);
        }
    }

    /// <summary>Loads a range ahead of its use.</summary>
    public void Populate(long offset, int length, bool written) => _mapping.Populate(offset, length, written);

    public void Dispose() => _mapping.Dispose();

    private long OffsetOf(ulong address, ulong length) =>
        TryOffset(address, length, out var offset)
            ? offset
            : throw new GuestViolationException($"address 0x{address:x}, {length} bytes, is not memory");

    private bool TryOffset(ulong address, ulong length, out long offset)
    {
        offset = 0;
        if (address <= (ulong)LowBytes && length <= (ulong)LowBytes - address)
        {
            offset = (long)address;
            return true;
        }

        if (address < GuestLayout.AboveHole)
        {
            return false;
        }

        var above = address - GuestLayout.AboveHole;
        offset = LowBytes + (long)above;
        return above <= (ulong)HighBytes && length <= (ulong)HighBytes - above;
    }
}
