using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Backend.Interop;

/// <summary>A descriptor of a process (pidfd_open(2)): unlike a number it never comes to mean another process.</summary>
internal sealed class PidFd : SafeHandleMinusOneIsInvalid
{
    private PidFd(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>Opens the process of this id.</summary>
    /// <exception cref="Win32Exception">No such process, or no descriptors left.</exception>
    public static PidFd Open(int pid)
    {
        var descriptor = Native.PidfdOpen(pid);
        return descriptor >= 0 ? new PidFd(descriptor) : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"pidfd_open({pid})");
    }

    /// <summary>Sends a signal; a process that has ended already is no error.</summary>
    public void Send(int signal)
    {
        if (Native.PidfdSendSignal((int)handle, signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != Native.ESrch)
        {
            throw new Win32Exception(error, "pidfd_send_signal");
        }
    }

    /// <summary>Duplicates one of the process's own descriptors into this process (pidfd_getfd(2), needs the right to trace it).</summary>
    /// <exception cref="Win32Exception">The process has no such descriptor, has ended, or may not be traced.</exception>
    public SafeFileHandle Duplicate(int descriptor)
    {
        var own = Native.PidfdGetfd((int)handle, descriptor);
        return own >= 0
            ? new SafeFileHandle(own, ownsHandle: true)
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"pidfd_getfd({descriptor})");
    }

    protected override bool ReleaseHandle() => Native.Close((int)handle) == 0;
}
