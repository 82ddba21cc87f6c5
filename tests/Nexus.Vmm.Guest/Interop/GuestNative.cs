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

    // With an argument that is not 0 it sends none, and only waits.
    private const nuint SendBreak = 0x5409;
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

    /// <summary>Makes the root a mount that another can take the place of (pivot_root(2)), which an initial file system is not.</summary>
    public static void MoveRoot()
    {
        const ulong bindAll = 0x5000;
        const ulong move = 0x2000;
        const string stage = "/stage";
        Directory.CreateDirectory(stage);
        if (
            Mount("/", stage, "", bindAll, 0) != 0
            || ChangeFolder(stage) != 0
            || Mount(".", "/", "", move, 0) != 0
            || ChangeRoot(".") != 0
            || ChangeFolder("/") != 0
        )
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "the root cannot be moved");
        }
    }

    /// <summary>Returns when all that was written to standard output has left the serial port (tcdrain(3)).</summary>
    public static void DrainOutput() => _ = Control(1, SendBreak, 1);

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

    [LibraryImport("libc", EntryPoint = "chdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeFolder(string path);

    [LibraryImport("libc", EntryPoint = "chroot", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeRoot(string path);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int fd, nuint request, nint argument);

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
