using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Channel.Interop;

/// <summary>Owns one file descriptor.</summary>
public sealed class FileDescriptor : SafeHandle
{
    public FileDescriptor(int fd, bool ownsHandle = true)
        : base(-1, ownsHandle)
    {
        SetHandle(fd);
    }

    public override bool IsInvalid => handle < 0;

    /// <summary>The number; valid while this object is.</summary>
    public int Number => (int)handle;

    internal static FileDescriptor Checked(int fd, string call) =>
        fd >= 0 ? new FileDescriptor(fd) : throw new Win32Exception(Marshal.GetLastPInvokeError(), call);

    protected override bool ReleaseHandle() => ChannelNative.Close((int)handle) == 0;
}
