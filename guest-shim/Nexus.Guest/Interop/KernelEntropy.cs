using System.Runtime.InteropServices;

namespace Nexus.Guest.Interop;

/// <summary>Gives the kernel's random number generator something new (random(4)).</summary>
internal static partial class KernelEntropy
{
    private const string Device = "/dev/urandom";
    private const nuint ReseedRequest = 0x5207;

    /// <summary>Mixes bytes in and has the generator start over with them. Needs the right to administer the system.</summary>
    public static void Renew(ReadOnlySpan<byte> bytes)
    {
        using var device = new FileStream(Device, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        device.Write(bytes);
        _ = Control((int)device.SafeFileHandle.DangerousGetHandle(), ReseedRequest, 0);
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int fd, nuint request, nint argument);
}
