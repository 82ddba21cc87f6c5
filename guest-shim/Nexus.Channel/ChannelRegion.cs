using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nexus.Channel.Interop;

namespace Nexus.Channel;

/// <summary>
/// The mapped memory of one channel: a memfd sealed against shrinking and growing, so that neither end can fault the other.
/// Counted: the mapping goes away when the peer and every call that may still touch it have let go.
/// </summary>
public sealed unsafe class ChannelRegion
{
    private readonly long _length;
    private readonly bool _onHeap;
    private nint _address;
    private int _references = 1;

    private ChannelRegion(nint address, ChannelOptions options, FileDescriptor? descriptor)
    {
        _address = address;
        _length = ChannelLayout.RegionBytes(options);
        _onHeap = descriptor is null;
        Options = options;
        Descriptor = descriptor;
    }

    /// <summary>The sizes this end works with; never read again from shared memory.</summary>
    public ChannelOptions Options { get; }

    /// <summary>The memfd; null for a region on the heap.</summary>
    public FileDescriptor? Descriptor { get; }

    /// <summary>True once the last reference is gone.</summary>
    public bool IsUnmapped => _address == 0;

    internal byte* Address => (byte*)_address;

    /// <summary>Creates the backend's side: a new sealed memfd with its header written.</summary>
    public static ChannelRegion Create(ChannelOptions options)
    {
        var length = ChannelLayout.RegionBytes(options.Validated());
        var descriptor = FileDescriptor.Checked(
            ChannelNative.MemfdCreate("nexus-channel", ChannelNative.MemfdCloseOnExec | ChannelNative.MemfdAllowSealing),
            "memfd_create"
        );
        const int seals = ChannelNative.SealShrink | ChannelNative.SealGrow | ChannelNative.SealSeal;
        if (
            ChannelNative.Truncate(descriptor.Number, length) != 0
            || ChannelNative.Fcntl(descriptor.Number, ChannelNative.AddSeals, seals) != 0
        )
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "memfd");
        }

        var region = new ChannelRegion(MapShared(descriptor, length), options, descriptor);
        region.WriteHeader();
        return region;
    }

    /// <summary>
    /// A region for a guest that was cloned while it had joined another one: its backend takes it over as it would after a restart of its own, and the guest, which
    /// finds an unknown session in empty rings, starts over.
    /// </summary>
    /// <param name="options">As those of the other region.</param>
    /// <param name="lastSession">The session that the guest was in.</param>
    public static ChannelRegion CreateForClone(ChannelOptions options, uint lastSession)
    {
        var region = Create(options);
        region.Store32(ChannelLayout.GuestSessionOffset, lastSession);
        return region;
    }

    /// <summary>
    /// Maps an existing region. The guest passes null and takes the sizes from the header of the backend it trusts; a backend that takes an
    /// instance over passes the sizes it recorded, since the header may have been altered by the guest.
    /// </summary>
    /// <exception cref="Diagnostics.NexusException">NEXUS0500: not a region of this version.</exception>
    public static ChannelRegion Attach(FileDescriptor descriptor, ChannelOptions? recorded = null)
    {
        var length = ChannelNative.Seek(descriptor.Number, 0, whence: 2);
        var seals = ChannelNative.Fcntl(descriptor.Number, ChannelNative.GetSeals, 0);
        const int required = ChannelNative.SealShrink | ChannelNative.SealGrow;
        if (length < ChannelLayout.HeaderBytes || seals < 0 || (seals & required) != required)
        {
            throw ChannelDiagnostics.NotARegion.With($"descriptor {descriptor.Number}, {length} bytes, seals {seals}");
        }

        var address = MapShared(descriptor, length);
        var options = recorded ?? ReadOptions((byte*)address);
        if (options is null || ChannelLayout.RegionBytes(options) != length)
        {
            _ = ChannelNative.Unmap(address, (nuint)length);
            throw ChannelDiagnostics.NotARegion.With($"descriptor {descriptor.Number}, {length} bytes");
        }

        return new ChannelRegion(address, options, descriptor);
    }

    /// <summary>
    /// Maps a backend's region that is a part of something larger: the guest's side in a virtual machine, where it is a range of physical memory. Pages are not
    /// given back from this side.
    /// </summary>
    /// <exception cref="Diagnostics.NexusException">NEXUS0500: not a region of this version.</exception>
    public static ChannelRegion AttachWindow(FileDescriptor memory, long offset, long length)
    {
        var address = MapShared(memory, length, offset);
        var options = length >= ChannelLayout.HeaderBytes ? ReadOptions((byte*)address) : null;
        if (options is null || ChannelLayout.RegionBytes(options) != length)
        {
            _ = ChannelNative.Unmap(address, (nuint)length);
            throw ChannelDiagnostics.NotARegion.With($"{length} bytes at 0x{offset:x}");
        }

        return new ChannelRegion(address, options, memory);
    }

    /// <summary>A region in this process's own memory, for tests of both ends in one process.</summary>
    public static ChannelRegion CreateOnHeap(ChannelOptions options)
    {
        var length = (nuint)ChannelLayout.RegionBytes(options.Validated());
        var address = (nint)NativeMemory.AlignedAlloc(length, 4096);
        NativeMemory.Clear((void*)address, length);
        var region = new ChannelRegion(address, options, descriptor: null);
        region.WriteHeader();
        return region;
    }

    /// <summary>How often a rewriting rule fired, as the guest says; 0 for a number out of range or a closed region.</summary>
    public uint ReadRuleHits(int rule)
    {
        if ((uint)rule >= ChannelLayout.RuleHitsCount || !TryAddReference())
        {
            return 0;
        }

        var hits = Load32(ChannelLayout.RuleHitsOffset + (4 * rule));
        ReleaseReference();
        return hits;
    }

    /// <summary>Counts one more hit of a rule; out-of-range numbers are ignored.</summary>
    public void CountRuleHit(int rule)
    {
        if ((uint)rule < ChannelLayout.RuleHitsCount && TryAddReference())
        {
            Interlocked.Increment(ref Unsafe.AsRef<uint>(Address + ChannelLayout.RuleHitsOffset + (4 * rule)));
            ReleaseReference();
        }
    }

    /// <summary>For one who holds a reference already.</summary>
    internal void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>For one who holds none: false when the mapping is gone.</summary>
    internal bool TryAddReference()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                return true;
            }

            references = seen;
        }

        return false;
    }

    internal void ReleaseReference()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        var address = Interlocked.Exchange(ref _address, 0);
        if (_onHeap)
        {
            NativeMemory.AlignedFree((void*)address);
        }
        else
        {
            _ = ChannelNative.Unmap(address, (nuint)_length);
            Descriptor!.Dispose();
        }
    }

    /// <summary>Gives the pages of a range back to the node; they read as zero afterwards (madvise(2), MADV_REMOVE).</summary>
    internal void Discard(long offset, long length)
    {
        if (!_onHeap)
        {
            _ = ChannelNative.Advise((nint)(Address + offset), (nuint)length, ChannelNative.AdviseRemove);
        }
    }

    internal uint Load32(int offset) => Volatile.Read(ref Unsafe.AsRef<uint>(Address + offset));

    internal void Store32(int offset, uint value) => Volatile.Write(ref Unsafe.AsRef<uint>(Address + offset), value);

    internal ulong Load64(int offset) => Volatile.Read(ref Unsafe.AsRef<ulong>(Address + offset));

    internal void Store64(int offset, ulong value) => Volatile.Write(ref Unsafe.AsRef<ulong>(Address + offset), value);

    internal uint Exchange32(int offset, uint value) => Interlocked.Exchange(ref Unsafe.AsRef<uint>(Address + offset), value);

    private static nint MapShared(FileDescriptor descriptor, long length, long offset = 0)
    {
        var address = ChannelNative.Map(
            0,
            (nuint)length,
            ChannelNative.ProtectReadWrite,
            ChannelNative.MapShared,
            descriptor.Number,
            offset
        );
        return address != -1 ? address : throw new Win32Exception(Marshal.GetLastPInvokeError(), "mmap");
    }

    private static ChannelOptions? ReadOptions(byte* header)
    {
        if (
            *(ulong*)(header + ChannelLayout.MagicOffset) != ChannelLayout.Magic
            || *(uint*)(header + ChannelLayout.VersionOffset) != ChannelLayout.Version
        )
        {
            return null;
        }

        var options = new ChannelOptions(
            *(int*)(header + ChannelLayout.RingEntriesOffset),
            *(int*)(header + ChannelLayout.ArenaBytesOffset)
        );
        try
        {
            return options.Validated();
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private void WriteHeader()
    {
        Store32(ChannelLayout.VersionOffset, ChannelLayout.Version);
        Store32(ChannelLayout.RingEntriesOffset, (uint)Options.RingEntries);
        Store32(ChannelLayout.ArenaBytesOffset, (uint)Options.ArenaBytes);
        Store64(ChannelLayout.MagicOffset, ChannelLayout.Magic);
    }
}
