using Nexus.Vmm.Devices;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Machine;

/// <summary>A small thread that brings something from the host to a device of the guest until it is disposed; a guest that breaks the rules meanwhile is ended.</summary>
internal sealed class RelayThread : IDisposable
{
    private const int StackBytes = 128 * 1024;
    private readonly EventFile _stop = EventFile.Create();
    private readonly Thread _thread;

    /// <param name="name">The thread's name.</param>
    /// <param name="waitAny">Sleeps until the given event or something to bring; the event's index is 0.</param>
    /// <param name="bring">Brings it.</param>
    /// <param name="violated">Told why the guest is to end.</param>
    /// <param name="before">Run on the thread before all; for its system call filter.</param>
    public RelayThread(string name, Func<EventFile, int> waitAny, Action bring, Action<string> violated, Action before)
    {
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = name };
        _thread.Start();

        void Run()
        {
            before();
            try
            {
                while (waitAny(_stop) != 0)
                {
                    bring();
                }
            }
            catch (GuestViolationException violation)
            {
                violated(violation.Message);
            }
        }
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
}
