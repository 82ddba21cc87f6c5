using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Init.Interop;

/// <summary>
/// The guest's wall clock (clock_gettime(2)). Until a kernel has found its clock it counts ticks, and those that come late while it boots are lost: on a busy host its
/// time stays behind for good.
/// </summary>
internal static unsafe partial class GuestClock
{
    private const int Realtime = 0;
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int PageBytes = 4096;
    private const long Second = 1_000_000_000;

    /// <summary>Sets it to the host's.</summary>
    /// <param name="register">Physical address of the register with the host's time (vmm/Nexus.Vmm/Devices/Control/ControlRegisters.cs).</param>
    /// <exception cref="Win32Exception">The kernel refuses.</exception>
    public static void Set(ulong register)
    {
        var file = Open("/dev/mem", ReadWrite | CloseOnExec, 0);
        var page = Map(0, PageBytes, 3, 1, file, (long)(register & ~(ulong)(PageBytes - 1)));
        if (page == -1)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _ = Close(file);
        var halves = (uint*)(page + (nint)(register & (PageBytes - 1)));
        // The order matters: reading the lower half says of which moment the upper one is.
        ulong lower = Volatile.Read(ref halves[0]);
        var now = (long)(lower | ((ulong)Volatile.Read(ref halves[1]) << 32));
        var time = stackalloc long[2];
        (time[0], time[1]) = (now / Second, now % Second);
        if (SetTime(Realtime, time) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _ = Unmap(page, PageBytes);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "clock_settime", SetLastError = true)]
    private static partial int SetTime(int clock, long* time);
}
