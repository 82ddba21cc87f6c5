using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Channel.Interop;

/// <summary>A virtio console port, opened for reading without waiting (virtio specification 1.2, section 5.3).</summary>
public sealed unsafe class WakePort
{
    private const int ReadOnly = 0;
    private const short Readable = 1;

    private WakePort(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The port; readable when something has arrived.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Opens it, for the life of the process.</summary>
    /// <exception cref="Win32Exception">There is no such port, or another process has it open.</exception>
    public static WakePort Open(string path) =>
        new(
            FileDescriptor.Checked(ChannelNative.Open(path, ReadOnly | ChannelNative.OpenNonBlocking | ChannelNative.OpenCloseOnExec), path)
        );

    /// <summary>The next message, or 0 bytes if there is none now.</summary>
    public int Read(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return (int)Math.Max(0, ChannelNative.Read(Descriptor.Number, start, (nuint)bytes.Length));
        }
    }

    /// <summary>Sleeps until there is something to read.</summary>
    public void Wait()
    {
        var entry = new ChannelNative.PollEntry { Descriptor = Descriptor.Number, Events = Readable };
        while (ChannelNative.Poll(&entry, 1, -1) <= 0)
        {
            if (Marshal.GetLastPInvokeError() != ChannelNative.ErrorInterrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "poll");
            }
        }
    }
}
