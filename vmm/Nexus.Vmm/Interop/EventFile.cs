using System.Runtime.InteropServices;

namespace Nexus.Vmm.Interop;

/// <summary>An eventfd (eventfd(2)): what KVM signals on a guest's store, or turns into an interrupt.</summary>
internal sealed class EventFile : OwnedDescriptor
{
    public EventFile(int number, bool ownsHandle = true)
        : base(number, ownsHandle) { }

    /// <summary>A new one, close-on-exec and non-blocking.</summary>
    public static EventFile Create() => new(Checked(Libc.EventFd(0, Libc.CloseOnExec | Libc.NonBlocking), "eventfd"));

    /// <summary>Adds one; never blocks.</summary>
    public unsafe void Signal()
    {
        var one = 1ul;
        _ = Libc.Write(Number, &one, sizeof(ulong));
    }

    /// <summary>Takes the count and sets it to 0; 0 if nothing was signalled.</summary>
    public unsafe ulong Take()
    {
        ulong count;
        return Libc.Read(Number, &count, sizeof(ulong)) == sizeof(ulong) ? count : 0;
    }

    /// <summary>Waits until it is signalled, at most the given milliseconds; -1 for ever.</summary>
    public bool Wait(int milliseconds) => WaitAny([this], milliseconds) == 0;

    /// <summary>The index of the first signalled one, or -1 after the given milliseconds (poll(2)).</summary>
    public static unsafe int WaitAny(ReadOnlySpan<OwnedDescriptor> files, int milliseconds)
    {
        const short readable = 1;
        Span<Libc.PollEntry> entries = stackalloc Libc.PollEntry[files.Length];
        for (var i = 0; i < files.Length; i++)
        {
            entries[i] = new Libc.PollEntry { Descriptor = files[i].Number, Events = readable };
        }

        fixed (Libc.PollEntry* first = entries)
        {
            int ready;
            do
            {
                ready = Libc.Poll(first, (nuint)files.Length, milliseconds);
            } while (ready < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);
        }

        for (var i = 0; i < files.Length; i++)
        {
            if (entries[i].Returned != 0)
            {
                return i;
            }
        }

        return -1;
    }
}
