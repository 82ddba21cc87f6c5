using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.TestInit.Interop;

/// <summary>What a first program asks of its kernel (man pages, section 2).</summary>
internal static unsafe partial class GuestNative
{
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int FinitModule = 313;
    private const int Restart = 0x01234567;
    private const int PowerOffCommand = 0x4321FEDC;

    public static void MountAll()
    {
        Directory.CreateDirectory("/proc");
        Directory.CreateDirectory("/sys");
        _ = Mount("proc", "/proc", "proc", 0, 0);
        _ = Mount("sys", "/sys", "sysfs", 0, 0);
        _ = Mount("dev", "/dev", "devtmpfs", 0, 0);
    }

    public static void LoadModule(string path)
    {
        var file = Open(path, ReadOnly | CloseOnExec, 0);
        if (SystemCall(FinitModule, file, "", 0) != 0)
        {
            Console.WriteLine($"guest: {path}: error {Marshal.GetLastPInvokeError()}");
        }

        _ = Close(file);
    }

    public static void End(bool powerOff)
    {
        _ = Reboot(powerOff ? PowerOffCommand : Restart);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Maps physical memory (mem(4)).</summary>
    public static byte* MapPhysical(ulong address, long length)
    {
        var file = Open("/dev/mem", ReadWrite | CloseOnExec, 0);
        var mapped = Map(0, (nuint)length, 3, 1, file, (long)address);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(file);
        return mapped != -1 ? (byte*)mapped : throw new Win32Exception(error, $"mmap /dev/mem 0x{address:x}: error {error}");
    }

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Mount(string source, string target, string type, ulong flags, nint data);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial long SystemCall(long number, long file, string parameters, long flags);

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int Reboot(int command);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int fd, long offset);
}
