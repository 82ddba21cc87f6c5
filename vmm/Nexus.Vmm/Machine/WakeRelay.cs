using Nexus.Vmm.Devices.Virtio;
using Nexus.Vmm.Devices.Virtio.Console;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>Turns the host's doorbell into a byte on the guest's wake port. One thread that sleeps unless it rings.</summary>
internal sealed class WakeRelay : IDisposable
{
    private const int StackBytes = 128 * 1024;
    private readonly EventFile _doorbell;
    private readonly EventFile _stop = EventFile.Create();
    private readonly VirtioTransport _port;
    private readonly Action<string> _violated;
    private readonly Action _before;
    private readonly Thread _thread;

    public WakeRelay(EventFile doorbell, VirtioTransport port, Action<string> violated, Action before)
    {
        _doorbell = doorbell;
        _port = port;
        _violated = violated;
        _before = before;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "wake" };
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
        try
        {
            while (EventFile.WaitAny([_stop, _doorbell], milliseconds: -1) != 0)
            {
                _ = _doorbell.Take();
                lock (_port.Gate)
                {
                    ((ConsoleDevice)_port.Device).Wake();
                    _port.Push(ConsoleDevice.ReceiveQueue);
                }
            }
        }
        catch (GuestViolationException violation)
        {
            _violated(violation.Message);
        }
    }
}
