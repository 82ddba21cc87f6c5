using System.Runtime.InteropServices;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Tests.Support.Interop;

/// <summary>Two connected datagram sockets (socketpair(2)).</summary>
internal static unsafe partial class SocketPair
{
    private const int UnixFamily = 1;
    private const int Datagrams = 2;
    private const int CloseOnExec = 0x80000;

    public static (FrameLink One, FrameLink Other) Create()
    {
        var ends = stackalloc int[2];
        return SocketPairCall(UnixFamily, Datagrams | CloseOnExec, 0, ends) == 0
            ? (new FrameLink(ends[0]), new FrameLink(ends[1]))
            : throw OwnedDescriptor.Failed("socketpair");
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPairCall(int family, int type, int protocol, int* ends);
}
