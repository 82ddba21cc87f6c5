using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Net;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>Brings what arrives on a network link into the guest. One thread that sleeps unless there is a frame, or room for one that waits.</summary>
internal sealed class FrameRelay : IDisposable
{
    private const int StackBytes = 128 * 1024;
    private readonly FrameLink _link;
    private readonly EventFile _stop = EventFile.Create();
    private readonly VirtioTransport _card;
    private readonly Action<string> _violated;
    private readonly Action _before;
    private readonly Thread _thread;

    public FrameRelay(FrameLink link, VirtioTransport card, Action<string> violated, Action before)
    {
        _link = link;
        _card = card;
        _violated = violated;
        _before = before;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "net" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Signal();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _stop.Dispose();
    }

    private void Run()
    {
        _before();
        var device = (NetDevice)_card.Device;
        try
        {
            // The guest's first buffers are announced by a notification, and that is room too; a restored guest's were announced long ago.
            while (EventFile.WaitAny([_stop, CanTake(device) ? _link : device.Room], milliseconds: -1) != 0)
            {
                _ = device.Room.Take();
                _card.Push(NetDevice.ReceiveQueue);
            }
        }
        catch (GuestViolationException violation)
        {
            _violated(violation.Message);
        }
    }

    private bool CanTake(NetDevice device)
    {
        lock (_card.Gate)
        {
            return _card.IsRunning && !device.IsFull;
        }
    }
}
