namespace Nexus.Channel.Interop;

/// <summary>
/// Waits for many eventfds at once (epoll(7)). Edge-triggered, so an eventfd is never read and one ring wakes one of the waiting threads: the one that went to
/// sleep last.
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
        Watch(_wake, WakeKey, ChannelNative.EpollIn);
    }

    /// <summary>Watches an eventfd under a key of 0 or more.</summary>
    public void Add(EventDoorbell doorbell, int key) => Watch(doorbell, key, ChannelNative.EpollIn | ChannelNative.EpollEdge);

    /// <summary>Stops watching.</summary>
    public void Remove(EventDoorbell doorbell)
    {
        // A closed descriptor is no longer watched, and its number may be another one's by now.
        if (doorbell.Descriptor.IsClosed)
        {
            return;
        }

        ChannelNative.EpollEvent change = default;
        _ = ChannelNative.EpollControl(_epoll.Number, ChannelNative.EpollDelete, doorbell.Descriptor.Number, &change);
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

    private void Watch(EventDoorbell doorbell, int key, uint events)
    {
        var change = new ChannelNative.EpollEvent { Events = events, Data = (ulong)key };
        if (ChannelNative.EpollControl(_epoll.Number, ChannelNative.EpollAdd, doorbell.Descriptor.Number, &change) != 0)
        {
            throw new System.ComponentModel.Win32Exception(System.Runtime.InteropServices.Marshal.GetLastPInvokeError(), "epoll_ctl");
        }
    }
}
