using System.Runtime.InteropServices;

namespace Nexus.Guest.Interop;

/// <summary>Gives the kernel's random number generator something new (random(4)).</summary>
internal static unsafe partial class KernelEntropy
{
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const nuint ReseedRequest = 0x5207;

    /// <summary>Mixes bytes in and has the generator start over with them. Needs the right to administer the system.</summary>
    public static void Renew(ReadOnlySpan<byte> bytes)
    {
        // By itself: a clone waits for this before its first answer, and a file stream is 600 pages of code and data that nothing else there needs.
        fixed (byte* path = "/dev/urandom"u8)
        fixed (byte* first = bytes)
        {
            var device = Open(path, WriteOnly | CloseOnExec);
            if (device >= 0)
            {
                _ = Write(device, first, (nuint)bytes.Length);
                _ = Control(device, ReseedRequest, 0);
                _ = Close(device);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int fd, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int fd, nuint request, nint argument);
}
