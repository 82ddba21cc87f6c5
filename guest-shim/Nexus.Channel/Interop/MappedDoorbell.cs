using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nexus.Channel.Interop;

/// <summary>A doorbell that is a page of a virtual machine's physical memory: a store into it signals the backend's eventfd (mem(4)).</summary>
public sealed unsafe class MappedDoorbell : Doorbell
{
    private const int PageBytes = 4096;
    private readonly byte* _page;

    /// <param name="memory">Physical memory, opened for writing.</param>
    /// <param name="address">The page.</param>
    public MappedDoorbell(FileDescriptor memory, long address)
    {
        var page = ChannelNative.Map(0, PageBytes, ChannelNative.ProtectReadWrite, ChannelNative.MapShared, memory.Number, address);
        _page = page != -1 ? (byte*)page : throw new Win32Exception(Marshal.GetLastPInvokeError(), "mmap");
    }

    // The page stays mapped as long as the process lives: a late ring must not fault.
    public override void Ring() => Volatile.Write(ref Unsafe.AsRef<uint>(_page), 1);
}
