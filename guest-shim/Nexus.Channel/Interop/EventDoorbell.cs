namespace Nexus.Channel.Interop;

/// <summary>A doorbell on an eventfd (eventfd(2)).</summary>
public sealed class EventDoorbell : Doorbell
{
    /// <summary>Takes a descriptor over, for example an inherited one.</summary>
    public EventDoorbell(FileDescriptor descriptor)
    {
        Descriptor = descriptor;
    }

    /// <summary>The eventfd; pass it to the process at the other end.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>A new eventfd, close-on-exec and non-blocking.</summary>
    public static EventDoorbell Create() =>
        new(FileDescriptor.Checked(ChannelNative.EventFd(0, ChannelNative.EventCloseOnExec | ChannelNative.EventNonBlocking), "eventfd"));

    public override unsafe void Ring()
    {
        var added = false;
        try
        {
            // A peer may be closing on another thread; the reference keeps the number from being reused under us.
            Descriptor.DangerousAddRef(ref added);
            var one = 1ul;
            _ = ChannelNative.Write(Descriptor.Number, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody listens any more.
        }
        finally
        {
            if (added)
            {
                Descriptor.DangerousRelease();
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Descriptor.Dispose();
        }

        base.Dispose(disposing);
    }
}
