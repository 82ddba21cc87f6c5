namespace Nexus.Vmm.Interop;

/// <summary>A mapping of a memfd or file (mmap(2)); spans into it are bounds-checked once, when they are made.</summary>
internal sealed unsafe class MemoryMapping : IDisposable
{
    private byte* _address;

    private MemoryMapping(byte* address, long length)
    {
        _address = address;
        Length = length;
    }

    /// <summary>Bytes mapped.</summary>
    public long Length { get; }

    /// <summary>Where it is in this process, for KVM_SET_USER_MEMORY_REGION.</summary>
    public ulong HostAddress => (ulong)_address;

    /// <summary>Maps so that stores reach the file and everybody who shares it.</summary>
    public static MemoryMapping Shared(OwnedDescriptor file, long length, bool writable = true) =>
        Map(file, length, 0, writable ? Libc.ProtectReadWrite : Libc.ProtectRead, Libc.MapShared);

    /// <summary>Maps copy-on-write: pages are shared through the page cache until they are written.</summary>
    public static MemoryMapping Private(OwnedDescriptor file, long length, long offset = 0) =>
        Map(file, length, offset, Libc.ProtectReadWrite, Libc.MapPrivate | Libc.MapNoReserve);

    /// <summary>A new memfd of this many bytes; they read as zero and cost nothing until touched (memfd_create(2)).</summary>
    public static OwnedDescriptor CreateMemory(string name, long length)
    {
        var memory = new OwnedDescriptor(
            OwnedDescriptor.Checked(Libc.MemfdCreate(name, Libc.MemfdCloseOnExec | Libc.MemfdAllowSealing), "memfd_create")
        );
        OwnedDescriptor.Checked(Libc.Truncate(memory.Number, length), "ftruncate");
        return memory;
    }

    /// <summary>Changes the length of a memfd; new bytes read as zero (ftruncate(2)).</summary>
    public static void Resize(OwnedDescriptor memory, long length) =>
        OwnedDescriptor.Checked(Libc.Truncate(memory.Number, length), "ftruncate");

    /// <summary>Forbids any further change of a memfd's size and, if asked, of its content (fcntl(2), F_ADD_SEALS).</summary>
    public static void Seal(OwnedDescriptor memory, bool content)
    {
        var seals = Libc.SealShrink | Libc.SealGrow | Libc.SealSeal | (content ? Libc.SealWrite : 0);
        OwnedDescriptor.Checked(Libc.Fcntl(memory.Number, Libc.AddSeals, seals), "fcntl");
    }

    /// <summary>Gives an empty memfd its content, for good.</summary>
    public static void Freeze(OwnedDescriptor memory, ReadOnlySpan<byte> bytes)
    {
        Resize(memory, bytes.Length);
        if (!bytes.IsEmpty)
        {
            using var mapping = Shared(memory, bytes.Length);
            bytes.CopyTo(mapping.Slice(0, bytes.Length));
        }

        Seal(memory, content: true);
    }

    /// <summary>Whether a memfd is sealed against shrinking, so that a store into it cannot fault.</summary>
    public static bool IsSealed(OwnedDescriptor memory) =>
        Libc.Fcntl(memory.Number, Libc.GetSeals, 0) is >= 0 and var seals && (seals & Libc.SealShrink) != 0;

    /// <summary>Whether nobody can change a memfd any more.</summary>
    public static bool IsFrozen(OwnedDescriptor memory) =>
        Libc.Fcntl(memory.Number, Libc.GetSeals, 0) is >= 0 and var seals
        && (seals & (Libc.SealShrink | Libc.SealWrite)) == (Libc.SealShrink | Libc.SealWrite);

    /// <summary>The bytes at an offset; the caller has made sure that they exist.</summary>
    public Span<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_address is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<byte>(_address + offset, length);
    }

    /// <summary>Gives the pages of a range back to the host; they read as zero (or as the file) afterwards (madvise(2)).</summary>
    public void Discard(long offset, int length, bool shared)
    {
        fixed (byte* start = Slice(offset, length))
        {
            _ = Libc.Advise((nint)start, (nuint)length, shared ? Libc.AdviseRemove : Libc.AdviseDontNeed);
        }
    }

    /// <summary>
    /// Fills the page tables for a range ahead of its use (madvise(2), MADV_POPULATE_READ and MADV_POPULATE_WRITE); kernels before 5.14 ignore it.
    /// </summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="written">Whether it will be written: then private pages are copied ahead, too.</param>
    public void Populate(long offset, int length, bool written)
    {
        fixed (byte* start = Slice(offset, length))
        {
            _ = Libc.Advise((nint)start, (nuint)length, written ? Libc.AdvisePopulateWrite : Libc.AdvisePopulateRead);
        }
    }

    public void Dispose()
    {
        if (_address is not null)
        {
            _ = Libc.Unmap((nint)_address, (nuint)Length);
            _address = null;
        }
    }

    private static MemoryMapping Map(OwnedDescriptor file, long length, long offset, int protection, int flags)
    {
        var address = Libc.Map(0, (nuint)length, protection, flags, file.Number, offset);
        return address != -1 ? new MemoryMapping((byte*)address, length) : throw OwnedDescriptor.Failed("mmap");
    }
}
