using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Vmm.Init.Interop;

/// <summary>What a first program asks of its kernel (man pages, section 2, and posix_spawn(3)).</summary>
internal static unsafe partial class InitNative
{
    private const int NoSuchDevice = 6;
    private const int ReadOnly = 0;
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const int FinitModule = 313;
    private const int AlreadyThere = 17;
    private const int Interrupted = 4;
    private const int PowerOffCommand = 0x4321FEDC;
    private const nuint GetAttributes = 0x5401;
    private const nuint SetAttributes = 0x5402;

    // With an argument that is not 0 it sends none, and only waits.
    private const nuint SendBreak = 0x5409;
    private const int PageBytes = 4096;

    // struct termios: four 32-bit words of flags, of which the second is for output, then 20 bytes that no call here changes.
    private const int OutputFlags = 1;
    private const uint ProcessOutput = 1;

    public static bool TryMount(string source, string target, string type, MountFlags flags, string data) =>
        MountCall(source, target, type, (ulong)flags, data) == 0;

    /// <summary>Whether the last call failed with ENXIO.</summary>
    public static bool LastWasNoSuchDevice => Marshal.GetLastPInvokeError() == NoSuchDevice;

    public static void Mount(string source, string target, string type, MountFlags flags, string data)
    {
        if (!TryMount(source, target, type, flags, data))
        {
            throw Failed($"mount {source} on {target}");
        }
    }

    public static void ChangeFolder(string path) => Check(ChangeFolderCall(path), $"chdir {path}");

    public static void ChangeRoot(string path) => Check(ChangeRootCall(path), $"chroot {path}");

    public static void LoadModule(string path)
    {
        var file = Open(path, ReadOnly | CloseOnExec, 0);
        if (file < 0)
        {
            throw Failed(path);
        }

        if (SystemCall(FinitModule, file, "", 0) != 0 && Marshal.GetLastPInvokeError() != AlreadyThere)
        {
            throw Failed($"finit_module {path}");
        }

        _ = Close(file);
    }

    /// <summary>Terminal output without translation (tcsetattr(3)); nothing happens where the descriptor is no terminal.</summary>
    public static void ClearOutputProcessing(int descriptor)
    {
        var attributes = stackalloc uint[16];
        if (Control(descriptor, GetAttributes, attributes) == 0)
        {
            attributes[OutputFlags] &= ~ProcessOutput;
            _ = Control(descriptor, SetAttributes, attributes);
        }
    }

    /// <summary>Waits for a terminal's output (tcdrain(3)).</summary>
    public static void DrainOutput(int descriptor) => _ = Control(descriptor, SendBreak, (uint*)1);

    /// <summary>Starts a program with this process's descriptors.</summary>
    public static int Spawn(string path, string[] arguments, string[] environment)
    {
        var error = PosixSpawn(out var child, path, null, null, Copy(arguments), Copy(environment));
        return error == 0 ? child : throw new Win32Exception(error, $"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>Waits for the end of any child; its id and status.</summary>
    public static (int Child, int Status) WaitForAny()
    {
        while (true)
        {
            var child = Wait(-1, out var status, 0);
            if (child > 0)
            {
                return (child, status);
            }

            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failed("waitpid");
            }
        }
    }

    /// <summary>Stores into a device's register by its physical address (mem(4)).</summary>
    public static void StorePhysical(ulong address, uint value)
    {
        var file = Open("/dev/mem", ReadWrite | CloseOnExec, 0);
        var page = Map(0, PageBytes, 3, 1, file, (long)(address & ~(ulong)(PageBytes - 1)));
        if (page == -1)
        {
            throw Failed($"mmap /dev/mem 0x{address:x}");
        }

        Volatile.Write(ref *(uint*)(page + (nint)(address & (PageBytes - 1))), value);
    }

    public static void PowerOff() => _ = Reboot(PowerOffCommand);

    // For the life of this process, which ends with the guest.
    private static byte** Copy(string[] texts)
    {
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)texts.Length + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Length; i++)
        {
            vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return vector;
    }

    private static void Check(int result, string what)
    {
        if (result != 0)
        {
            throw Failed(what);
        }
    }

    private static Win32Exception Failed(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MountCall(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "chdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeFolderCall(string path);

    [LibraryImport("libc", EntryPoint = "chroot", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeRootCall(string path);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial long SystemCall(long number, long file, string parameters, long flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int fd, nuint request, uint* argument);

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    private static partial int Reboot(int command);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PosixSpawn(out int pid, string path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Wait(int pid, out int status, int options);
}
