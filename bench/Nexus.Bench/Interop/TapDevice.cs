using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Bench.Interop;

/// <summary>A network card of the host whose other end is a descriptor (Documentation/networking/tuntap.rst). It is gone with its descriptor.</summary>
internal static unsafe partial class TapDevice
{
    private const int ReadWrite = 2;
    private const nuint SetInterface = 0x400454CA;
    private const nuint SetAddress = 0x8924;
    private const short Ethernet = 1;
    private const int RequestBytes = 40;
    private const int FlagsOffset = 16;
    private const short Frames = 2;
    private const short NoPacketInformation = 0x1000;
    private const short WithHeader = 0x4000;

    /// <summary>Makes one. The descriptor is inherited by programs started from now on.</summary>
    /// <param name="name">The card's name.</param>
    /// <param name="address">Its six bytes: a clone remembers those of the card that its machine was at.</param>
    /// <exception cref="Win32Exception">There is no /dev/net/tun, or this process may not make network cards.</exception>
    public static SafeFileHandle Create(string name, ReadOnlySpan<byte> address)
    {
        var handle = new SafeFileHandle(Open("/dev/net/tun", ReadWrite, 0), ownsHandle: true);
        var request = stackalloc byte[RequestBytes];
        new Span<byte>(request, RequestBytes).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, FlagsOffset));
        *(short*)(request + FlagsOffset) = Frames | NoPacketInformation | WithHeader;
        if (!handle.IsInvalid && Control(handle, SetInterface, request) == 0)
        {
            *(short*)(request + FlagsOffset) = Ethernet;
            address.CopyTo(new Span<byte>(request + FlagsOffset + sizeof(short), address.Length));
        }

        return !handle.IsInvalid && Control(handle, SetAddress, request) == 0
            ? handle
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"the network card {name}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, byte* argument);
}
