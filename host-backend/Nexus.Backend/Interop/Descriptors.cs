using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nexus.Backend.Interop;

/// <summary>Pipes and memory files, close-on-exec from the moment they exist.</summary>
internal static unsafe class Descriptors
{
    private const int OpenCloseOnExec = 0x80000;
    private const uint MemfdCloseOnExec = 1;
    private const uint MemfdAllowSealing = 2;
    private const int DuplicateCloseOnExec = 1030;

    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = stackalloc int[2];
        return Native.Pipe2(ends, OpenCloseOnExec) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), "pipe2");
    }

    /// <summary>An anonymous file holding <paramref name="content"/>, positioned at its start.</summary>
    public static SafeFileHandle MemoryFile(string name, ReadOnlySpan<byte> content)
    {
        var descriptor = Native.MemfdCreate(name, MemfdCloseOnExec);
        if (descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "memfd_create");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(file, content, 0);
        return file;
    }

    /// <summary>An anonymous empty file whose content can be frozen later (memfd_create(2)).</summary>
    public static SafeFileHandle SealableMemory(string name)
    {
        var descriptor = Native.MemfdCreate(name, MemfdCloseOnExec | MemfdAllowSealing);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), "memfd_create");
    }

    /// <summary>Writes one line feed into a pipe that somebody waits at; a reader that has ended is no error.</summary>
    public static void OpenGate(SafeFileHandle writeEnd)
    {
        var token = (byte)'\n';
        _ = Native.Write((int)writeEnd.DangerousGetHandle(), &token, 1);
    }

    /// <summary>A copy numbered <paramref name="minimum"/> or higher.</summary>
    public static SafeFileHandle Duplicate(SafeHandle source, int minimum)
    {
        var referenced = false;
        try
        {
            source.DangerousAddRef(ref referenced);
            var copy = Native.Fcntl((int)source.DangerousGetHandle(), DuplicateCloseOnExec, minimum);
            return copy >= 0
                ? new SafeFileHandle(copy, ownsHandle: true)
                : throw new Win32Exception(Marshal.GetLastPInvokeError(), "fcntl(F_DUPFD_CLOEXEC)");
        }
        finally
        {
            if (referenced)
            {
                source.DangerousRelease();
            }
        }
    }

    /// <summary>
    /// Whether a descriptor that came from a guest is what a doorbell must be: an eventfd whose writes never block (proc_pid_fdinfo(5)). The guest could have put
    /// anything in its place.
    /// </summary>
    public static bool IsNonBlockingEvent(SafeHandle descriptor)
    {
        const int nonBlocking = 0x800;
        string[] lines;
        try
        {
            lines = File.ReadAllLines($"/proc/self/fdinfo/{descriptor.DangerousGetHandle()}");
        }
        catch (IOException)
        {
            return false;
        }

        var flags = lines.FirstOrDefault(static line => line.StartsWith("flags:", StringComparison.Ordinal));
        return lines.Any(static line => line.StartsWith("eventfd-count:", StringComparison.Ordinal))
            && flags is not null
            && (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & nonBlocking) != 0;
    }

    /// <summary>The reading end as a stream that waits in the runtime's own epoll loop instead of holding a thread.</summary>
    public static Stream Reader(SafeFileHandle readEnd)
    {
        var handle = new SafePipeHandle(readEnd.DangerousGetHandle(), ownsHandle: true);
        readEnd.SetHandleAsInvalid();
        return new AnonymousPipeClientStream(PipeDirection.In, handle);
    }
}
