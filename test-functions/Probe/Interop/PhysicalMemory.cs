using System.Runtime.InteropServices;

namespace Probe.Interop;

/// <summary>Memory by the addresses of the machine (mem(4)), for whoever is root of its kernel.</summary>
internal static class PhysicalMemory
{
    private const int ReadWrite = 2;
    private const int ReadAndWrite = 3;
    private const int Shared = 1;

    /// <summary>Where it is in this process; null where that is not allowed.</summary>
    public static nint? Map(long address, int bytes)
    {
        var file = OpenCall("/dev/mem", ReadWrite);
        var mapped = file < 0 ? -1 : MapCall(0, bytes, ReadAndWrite, Shared, file, address);
        return mapped == -1 ? null : mapped;
    }

    [DllImport("libc", EntryPoint = "open")]
    private static extern int OpenCall([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint MapCall(nint address, nint length, int protection, int flags, int file, long offset);
}
