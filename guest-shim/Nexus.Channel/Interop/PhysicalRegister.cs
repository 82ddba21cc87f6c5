using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nexus.Channel.Interop;

/// <summary>A 32-bit register of a virtual machine's device, by its physical address (mem(4)).</summary>
public sealed unsafe class PhysicalRegister
{
    private const int PageBytes = 4096;
    private readonly byte* _register;

    /// <param name="memory">Physical memory, opened for writing.</param>
    /// <param name="address">The register; a multiple of 4.</param>
    public PhysicalRegister(FileDescriptor memory, long address)
    {
        var page = ChannelNative.Map(
            0,
            PageBytes,
            ChannelNative.ProtectReadWrite,
            ChannelNative.MapShared,
            memory.Number,
            address & ~(long)(PageBytes - 1)
        );
        _register =
            page != -1 ? (byte*)page + (address & (PageBytes - 1)) : throw new Win32Exception(Marshal.GetLastPInvokeError(), "mmap");
    }

    public uint Load() => Volatile.Read(ref Unsafe.AsRef<uint>(_register));

    public void Store(uint value) => Volatile.Write(ref Unsafe.AsRef<uint>(_register), value);
}
