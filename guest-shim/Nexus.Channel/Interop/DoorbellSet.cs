using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Nexus.Channel.Interop;

/// <summary>
/// Waits for many eventfds and other descriptors at once (epoll(7)). Edge-triggered, so an eventfd is never read and one ring wakes one of the waiting threads: the one
/// that went to sleep last.
/// </summary>
internal sealed unsafe class DoorbellSet
{
    private const int WakeKey = int.MaxValue;
    private readonly FileDescriptor _epoll = FileDescriptor.Checked(
        ChannelNative.EpollCreate(ChannelNative.EpollCloseOnExec),
        "epoll_create1"
    );

    private readonly EventDoorbell _wake = EventDoorbell.Create();

    public DoorbellSet()
    {
        Watch(_wake.Descriptor, WakeKey, ChannelNative.EpollIn);
    }

    /// <summary>Watches an eventfd under a key of 0 or more.</summary>
    public void Add(SafeHandle eventDescriptor, int key) => Watch(eventDescriptor, key, ChannelNative.EpollIn | ChannelNative.EpollEdge);

    /// <summary>Watches a descriptor that is both read from and written to, under a key of 0 or more.</summary>
    public void AddBothWays(SafeHandle descriptor, int key) =>
        Watch(descriptor, key, ChannelNative.EpollIn | ChannelNative.EpollOut | ChannelNative.EpollHangUp | ChannelNative.EpollEdge);

    /// <summary>Stops watching.</summary>
    public void Remove(SafeHandle descriptor)
    {
        // A closed descriptor is no longer watched, and its number may be another one's by now.
        if (descriptor.IsClosed)
        {
            return;
        }

        ChannelNative.EpollEvent change = default;
        _ = ChannelNative.EpollControl(_epoll.Number, ChannelNative.EpollDelete, Number(descriptor), &change);
    }

    /// <summary>Wakes every waiting thread, now and for ever.</summary>
    public void Wake() => _wake.Ring();

    /// <summary>Sleeps until a doorbell rings; returns how many keys were written.</summary>
    /// <param name="keys">Receives the keys; at most 64.</param>
    public int Wait(Span<int> keys)
    {
        var events = stackalloc ChannelNative.EpollEvent[64];
        var count = ChannelNative.EpollWait(_epoll.Number, events, Math.Min(64, keys.Length), timeoutMilliseconds: -1);
        var written = 0;
        for (var i = 0; i < count; i++)
        {
            var key = (int)events[i].Data;
            if (key != WakeKey)
            {
                keys[written++] = key;
            }
        }

        return written;
    }

    private static int Number(SafeHandle descriptor) => (int)descriptor.DangerousGetHandle();

    private void Watch(SafeHandle descriptor, int key, uint events)
    {
        var change = new ChannelNative.EpollEvent { Events = events, Data = (ulong)key };
        if (ChannelNative.EpollControl(_epoll.Number, ChannelNative.EpollAdd, Number(descriptor), &change) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_ctl");
        }
    }
}
